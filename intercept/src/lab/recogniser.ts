/** The words that a speech recogniser hears in a recording, where one is installed (Debian `pocketsphinx`). */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Pcm } from '../measure/pcm.ts';
import { writeWav } from '../measure/wav.ts';

const program = 'pocketsphinx_continuous';
/** Nobody waits for it but the report, and calls go on meanwhile. */
const timeoutMs = 180_000;
/** Without its second and third pass, which take half the time and change few words. */
const settings = ['-fwdflat', 'no', '-bestpath', 'no', '-logfn', '/dev/null'];

export interface Recogniser {
  readonly name: string;
  /** One recording after the other. @param speech  at 16 kHz. @returns undefined if the recogniser failed */
  words(speech: Pcm): Promise<string | undefined>;
}

/** @returns undefined if none is installed */
export function findRecogniser(): Recogniser | undefined {
  // Without arguments it says how it is used, and that that is an error.
  if (spawnSync(program, { stdio: 'ignore' }).error !== undefined) return undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    name: 'pocketsphinx, en-us',
    words: (speech) => {
      const words = last.then(() => wordsIn(speech));
      last = words;
      return words;
    },
  };
}

async function wordsIn(speech: Pcm): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'earshot-speech-'));
  const wav = path.join(folder, 'speech.wav');
  try {
    writeWav(wav, speech);
    const { stdout } = await promisify(execFile)(
      'nice',
      ['-n', '19', program, '-infile', wav, ...settings],
      { timeout: timeoutMs },
    );
    return stdout.replaceAll(/\s+/g, ' ').trim();
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
