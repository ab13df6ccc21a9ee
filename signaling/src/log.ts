/**
 * The server's log. Fields are an allow-list: nothing that could hold a key, token, session
 * description, envelope or address can be logged by passing a larger object, and text that looks
 * like key material is cut from error messages.
 */
import { pino, type DestinationStream, type Logger } from 'pino';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Everything that a line may carry. `error` is reduced to name, code, scrubbed message and stack. */
export interface LogFields {
  readonly verb?: string;
  readonly outcome?: string;
  readonly mode?: string;
  readonly topology?: string;
  readonly reason?: string;
  readonly count?: number;
  readonly workers?: number;
  readonly port?: number;
  readonly pid?: number;
  readonly cause?: string;
  readonly elapsedMs?: number;
  readonly deadlineMs?: number;
  readonly error?: unknown;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Lines of JSON to `destination`, by default the standard error: standard output is for the ready line. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  const logger = pino({ level, base: null }, destination);
  return {
    debug: (message, fields) => {
      write(logger, 'debug', { message, fields });
    },
    info: (message, fields) => {
      write(logger, 'info', { message, fields });
    },
    warn: (message, fields) => {
      write(logger, 'warn', { message, fields });
    },
    error: (message, fields) => {
      write(logger, 'error', { message, fields });
    },
  };
}

function write(
  logger: Logger,
  level: Exclude<LogLevel, 'silent'>,
  { message, fields }: { message: string; fields: LogFields | undefined },
): void {
  if (!logger.isLevelEnabled(level)) return;
  logger[level](allowed(fields ?? {}), scrub(message));
}

const textFields = ['verb', 'outcome', 'mode', 'topology', 'reason', 'cause'] as const;
const numberFields = ['count', 'workers', 'port', 'pid', 'elapsedMs', 'deadlineMs'] as const;

/** Copies what is allowed, whatever else the object holds. */
function allowed(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of textFields) if (fields[name] !== undefined) out[name] = scrub(fields[name]);
  for (const name of numberFields) if (fields[name] !== undefined) out[name] = fields[name];
  if (fields.error !== undefined) out['error'] = reduceError(fields.error);
  return out;
}

function reduceError(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: scrub(error.message),
    stack: frames.slice(0, 8).join('\n'),
    ...(code === undefined ? {} : { code }),
  };
}

/** Runs of base64, base64url or hexadecimal from 16 characters on, and IP addresses. */
const keyLike = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const addressLike = /\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:[0-9a-f]{0,4}:){3,}[0-9a-f]{0,4}/gi;

function scrub(text: string): string {
  return text.slice(0, 300).replace(keyLike, '[…]').replace(addressLike, '[…]');
}
