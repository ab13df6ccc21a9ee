/** A run's evidence as files: what was recovered as WAV and picture, captures, logs, each with its hash. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { durationS, resample, type Pcm } from '../measure/pcm.ts';
import { writeWav } from '../measure/wav.ts';
import { speakers, speechOf } from '../stage/speech.ts';
import type { Evidence } from './evidence.ts';
import type { Recogniser } from './recogniser.ts';
import { spectrogramPng } from './spectrogram.ts';
import type { AudioMeasure, Measure } from './verdict.ts';
import type { AudioResult, MeasureResult, RunResult } from './verdict-schema.ts';

/** What a telephone of today carries, what the recogniser takes, and a third of the bytes. */
const evidenceRateHz = 16_000;
/** How much of a recording its picture shows, and the recogniser is given. */
const pictureS = 8;

export interface WrittenRun {
  readonly evidence: Evidence;
  readonly measures: readonly Measure[];
  /** Look for words in what was heard. */
  readonly hasWords: boolean;
}

interface ResultOptions extends Pick<WrittenRun, 'hasWords'> {
  readonly files: FileList;
}

export class Bundle {
  /** The run's folder, absolute. */
  readonly folder: string;
  readonly #recogniser: Recogniser | undefined;

  /** Makes the folder, and in it what each person says. */
  constructor(folder: string, recogniser: Recogniser | undefined) {
    this.folder = folder;
    this.#recogniser = recogniser;
    mkdirSync(path.join(folder, 'said'), { recursive: true });
    for (const speaker of speakers) {
      writeWav(path.join(folder, 'said', `${speaker}.wav`), speechOf(speaker));
    }
  }

  /** @param place  the run's own folder, relative, `/` between its parts */
  async write(
    place: string,
    { evidence, measures, hasWords }: WrittenRun,
  ): Promise<Pick<RunResult, 'measures' | 'files'>> {
    const files = new FileList(this.folder, place);
    for (const { name, content } of evidence.artefacts ?? []) files.add(name, content);
    const results: MeasureResult[] = [];
    for (const measure of measures)
      results.push(await this.#resultOf(measure, { files, hasWords }));
    return { measures: results, files: files.written };
  }

  async #resultOf(measure: Measure, options: ResultOptions): Promise<MeasureResult> {
    switch (measure.kind) {
      case 'audio':
        return this.#audioResult(measure, options);
      case 'count': {
        const { what, found, of } = measure.proof;
        return { kind: 'count', what, outcome: measure.outcome, found, of };
      }
      case 'guess': {
        const { what, right, of, chance } = measure.proof;
        const { outcome, pValue } = measure;
        return { kind: 'guess', what, outcome, right, of, chance, pValue };
      }
    }
  }

  async #audioResult(
    { proof, outcome, correlation, floor, seconds }: AudioMeasure,
    { files, hasWords }: ResultOptions,
  ): Promise<AudioResult> {
    const { what, speaker } = proof;
    const name = what.toLowerCase().replaceAll(/[^a-z\d]+/g, '-');
    const heard = resample(proof.heard, evidenceRateHz);
    const best = correlation.windows.reduce<(typeof correlation.windows)[number] | undefined>(
      (known, window) => (known === undefined || window.score > known.score ? window : known),
      undefined,
    );
    // The picture shows the best window, and of what was said the same seconds, where it was found.
    const fromS = Math.max(0, Math.min((best?.atS ?? 0) - 2, durationS(heard) - pictureS));
    const saidFromS =
      best === undefined || outcome !== 'falls' ? 0 : best.foundAtS - best.atS + fromS;
    const said = pieceOf(looped(speechOf(speaker)), saidFromS);
    const hasSound = heard.samples.length > 0;
    const clearest = pieceOf(heard, fromS);
    const isWorthIt = hasWords && outcome === 'falls';
    const words = isWorthIt ? await this.#recogniser?.words(clearest) : undefined;
    return {
      kind: 'audio',
      what,
      outcome,
      speaker,
      score: correlation.score,
      median: correlation.median,
      floor,
      seconds,
      wav: hasSound ? files.addWav(`${name}.wav`, heard) : null,
      heardImage: hasSound ? files.add(`${name}.png`, spectrogramPng(clearest, pictureS)) : null,
      saidImage: files.add(`${name}.said.png`, spectrogramPng(said, pictureS)),
      words: words ?? null,
    };
  }
}

class FileList {
  readonly written: RunResult['files'] = [];
  readonly #folder: string;
  readonly #place: string;

  constructor(folder: string, place: string) {
    this.#folder = folder;
    this.#place = place;
    mkdirSync(path.join(folder, place), { recursive: true });
  }

  /** @returns the path relative to the run's folder. @throws RangeError for a name that leads elsewhere */
  add(name: string, content: string | Uint8Array): string {
    const { relative, absolute } = this.#pathsOf(name);
    writeFileSync(absolute, content);
    this.#list(relative, Buffer.from(content));
    return relative;
  }

  addWav(name: string, pcm: Pcm): string {
    const { relative, absolute } = this.#pathsOf(name);
    writeWav(absolute, pcm);
    this.#list(relative, readFileSync(absolute));
    return relative;
  }

  #pathsOf(name: string): { readonly relative: string; readonly absolute: string } {
    if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) throw new RangeError(`not a file name: ${name}`);
    const relative = `${this.#place}/${name}`;
    return { relative, absolute: path.join(this.#folder, relative) };
  }

  #list(relative: string, bytes: Buffer): void {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.written.push({ path: relative, bytes: bytes.length, sha256 });
  }
}

/** Twice, so that a piece that runs over the end of the loop is whole. */
function looped({ sampleRateHz, samples }: Pcm): Pcm {
  const twice = new Float32Array(2 * samples.length);
  twice.set(samples);
  twice.set(samples, samples.length);
  return { sampleRateHz, samples: twice };
}

function pieceOf({ sampleRateHz, samples }: Pcm, fromS: number): Pcm {
  const period = samples.length / sampleRateHz / 2;
  const start = Math.round((fromS < 0 ? fromS + period : fromS) * sampleRateHz);
  return {
    sampleRateHz,
    samples: samples.subarray(start, start + Math.ceil((pictureS + 0.1) * sampleRateHz)),
  };
}
