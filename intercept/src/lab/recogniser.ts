/** The words that a speech recogniser hears in a recording, where one is installed (Debian `pocketsphinx`). */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const program = 'pocketsphinx_continuous';
const timeoutMs = 60_000;

export interface Recogniser {
  readonly name: string;
  /**
   * @param wavPath  16 kHz mono, 16 bit
   * @returns undefined if the recogniser failed
   */
  words(wavPath: string): Promise<string | undefined>;
}

/** @returns undefined if none is installed */
export function findRecogniser(): Recogniser | undefined {
  // Without arguments it says how it is used, and that that is an error.
  if (spawnSync(program, { stdio: 'ignore' }).error !== undefined) return undefined;
  return {
    name: 'pocketsphinx, en-us',
    words: async (wavPath) => {
      try {
        const args = ['-infile', wavPath, '-logfn', '/dev/null'];
        const { stdout } = await promisify(execFile)(program, args, { timeout: timeoutMs });
        return stdout.replaceAll(/\s+/g, ' ').trim();
      } catch {
        return undefined;
      }
    },
  };
}
