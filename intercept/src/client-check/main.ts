/** `client-manifest`: is what a server serves what was published? */
import { readFileSync, statSync } from 'node:fs';
import { parseClientManifest, type ClientManifest } from '../measure/client-manifest.ts';
import { readArguments, usage } from './arguments.ts';
import { checkClient, type ClientCheck } from './check-client.ts';
import { CheckError } from './check-error.ts';

/** `process` will do. */
export interface CheckIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** A hundred bytes for each file. */
const maxManifestBytes = 2 ** 20;

/** @returns the exit code: 0 all as published, 1 something is not, 2 it could not be checked. */
export async function runClientManifest(args: readonly string[], io: CheckIo): Promise<number> {
  try {
    const options = readArguments(args);
    if (options === 'help') {
      io.stdout.write(usage);
      return 0;
    }
    const { origin, manifestFile, format } = options;
    const check = await checkClient({ origin, manifest: readManifest(manifestFile) });
    io.stdout.write(format === 'json' ? `${JSON.stringify(check, undefined, 2)}\n` : textOf(check));
    return check.verdict === 'same' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    io.stderr.write(`${error.code}: ${error.message}\n`);
    return 2;
  }
}

function textOf({ origin, same, changed, missing, extra }: ClientCheck): string {
  const wrong = [
    ...changed.map((path) => `changed  ${path}`),
    ...missing.map((path) => `missing  ${path}`),
    ...extra.map((path) => `extra    ${path}`),
  ];
  const sum = wrong.length === 0 ? 'nothing else' : `${String(wrong.length)} not`;
  return [...wrong, `${origin}: ${String(same)} as published, ${sum}`, ''].join('\n');
}

function readManifest(file: string): ClientManifest {
  try {
    if (statSync(file).size > maxManifestBytes) throw new RangeError('too long');
    return parseClientManifest(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CheckError('manifest-unreadable', `${file} holds no client manifest`, { cause });
  }
}
