/** The lab, or one of its runs, could not be done. An attack that does not succeed is not an error. */
export type LabErrorCode =
  /** The arguments ask for what does not exist. */
  | 'usage'
  /** A program or file that is needed is not there; the message says which. */
  | 'unavailable'
  /** The honest call that was to be attacked did not come about. */
  | 'no-call'
  | 'timeout'
  /** What was found could not be judged or written down. */
  | 'not-examined'
  | 'stopped';

export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}
