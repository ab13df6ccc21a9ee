/** Why the command could not do what was asked. Printed as one line, `code: message`; exit code 2. */
export type DecryptErrorCode =
  /** The command line itself. */
  | 'usage'
  /** The file system refused. */
  | 'capture-unreadable'
  /** Neither pcap nor pcapng, or not even a header of one. */
  | 'capture-format'
  | 'sdp-unreadable'
  /** A crypto line or key that does not fit its suite. */
  | 'key-invalid'
  /** Nothing to open the capture with. */
  | 'no-key'
  | 'out-unwritable';

export class DecryptError extends Error {
  readonly code: DecryptErrorCode;

  constructor(code: DecryptErrorCode, message: string) {
    super(message);
    this.name = 'DecryptError';
    this.code = code;
  }
}

/** What the file system says, without the path that the message names anyway. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) {
    switch (error.code) {
      case 'ENOENT':
        return 'no such file';
      case 'EACCES':
      case 'EPERM':
        return 'permission denied';
      case 'EISDIR':
        return 'it is a folder';
      case 'ENOTDIR':
      case 'EEXIST':
        return 'it is not a folder';
      case 'ENOSPC':
        return 'no space left';
    }
  }
  return error instanceof Error ? error.message : 'unknown error';
}
