/** Why a served client could not be checked. Printed as one line, `code: message`; exit code 2. */
export type CheckErrorCode =
  /** The command line itself. */
  | 'usage'
  /** No manifest in the file, or no file. */
  | 'manifest-unreadable'
  /** No answer in time, or none that is HTTP. */
  | 'unreachable'
  /** An answer other than the file or that there is none: an error, a redirection. */
  | 'refused'
  /** More than any client has. */
  | 'too-large';

export class CheckError extends Error {
  readonly code: CheckErrorCode;

  constructor(code: CheckErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CheckError';
    this.code = code;
  }
}
