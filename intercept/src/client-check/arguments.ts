import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CheckError } from './check-error.ts';

export const usage = `Usage: client-manifest --origin URL [--manifest FILE] [--json]

Fetches the client that a server serves and compares its files with a published manifest.

  --origin URL      the server: https://calls.example
  --manifest FILE   as it was published; default: of the client that is built here
  --json            the result as JSON

Prints one line for each file that is not as published: changed, missing or extra.
Exit code: 0 all as published, 1 something is not, 2 it could not be checked.
`;

export interface CheckArguments {
  /** Without a path. */
  readonly origin: string;
  readonly manifestFile: string;
  readonly format: 'text' | 'json';
}

const builtManifest = fileURLToPath(
  new URL('../../../client/dist/client-manifest.json', import.meta.url),
);

/**
 * @returns 'help' if that is what was asked for.
 * @throws CheckError `usage`
 */
export function readArguments(args: readonly string[]): CheckArguments | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    origin: readOrigin(values.origin),
    manifestFile: values.manifest,
    format: values.json ? 'json' : 'text',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        origin: { type: 'string' },
        manifest: { type: 'string', default: builtManifest },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    // The first sentence; the rest is advice about positional arguments.
    const message = cause instanceof Error ? (cause.message.split(/\.\s/)[0] ?? '') : 'unknown';
    throw usageError(message);
  }
}

function readOrigin(text: string | undefined): string {
  if (text === undefined) throw usageError('name a server with --origin');
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !isWeb || `${url.origin}/` !== url.href) {
    throw usageError('--origin is https:// or http:// and a host, and nothing behind it');
  }
  return url.origin;
}

function usageError(message: string): CheckError {
  return new CheckError('usage', `${message}; --help shows what there is`);
}
