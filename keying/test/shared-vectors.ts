/**
 * Published vectors beside the repository, run when present: `EARSHOT_VECTORS`, else
 * `../shared/vectors`. For `*.node.test.ts` only.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

const repository = resolve(import.meta.dirname, '../..');
const folder = resolve(repository, process.env['EARSHOT_VECTORS'] ?? '../shared/vectors');

export interface SharedVectors<T> {
  readonly file: string;
  readonly data: T;
}

/**
 * Reads one file of vectors, for example `wycheproof/x25519_test.json`. The caller names its shape.
 * @returns undefined, after saying so, where it is absent.
 */
export function sharedVectors<T>(name: string): SharedVectors<T> | undefined {
  const file = join(folder, name);
  if (!existsSync(file)) {
    process.stdout.write(`shared vectors: skipped, ${file} is absent\n`);
    return undefined;
  }
  return { file, data: JSON.parse(readFileSync(file, 'utf8')) as T };
}

/** Says how many ran; a count of none is a failure. */
export function reportShared({ file }: SharedVectors<unknown>, ran: number): void {
  if (ran === 0) throw new Error(`no vectors in ${file}`);
  process.stdout.write(`shared vectors: ${ran} ran from ${file}\n`);
}
