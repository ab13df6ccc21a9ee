/** Recordings whose samples have a time, whichever page made them. */
import type { Page } from '@playwright/test';
import type { Pcm } from '@earshot/intercept/measure/pcm';
// Declares MediaStreamTrackProcessor.
import type {} from '@earshot/intercept/stage/listen';

export interface TimedRecording {
  readonly pcm: Pcm;
  /** Time of a place in it, in milliseconds since the epoch. @param atS seconds from its start */
  readonly atMs: (atS: number) => number;
}

/** `microphone`: what is about to be encoded. `loudspeaker`: what is given out, decoded. */
export type RecordedEnd = 'microphone' | 'loudspeaker';

interface RecordOptions {
  readonly end: RecordedEnd;
  readonly seconds: number;
}

/** Blocks of 10 ms, each with the time at which it was captured or given out. */
interface PageRecording {
  readonly rateHz: number;
  /** Of the page's clock, in milliseconds since the epoch: two pages may differ by a little. */
  readonly originMs: number;
  readonly base64: string;
  readonly blocks: readonly (readonly [timeUs: number, samples: number])[];
}

/** @throws Error where nothing was recorded. */
export async function recordTimed(page: Page, options: RecordOptions): Promise<TimedRecording> {
  const { rateHz, originMs, base64, blocks } = await page.evaluate(recordInPage, options);
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0) throw new Error(`nothing was recorded at the ${options.end}`);
  const samples = new Float32Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i) / 32_768;
  return { pcm: { sampleRateHz: rateHz, samples }, atMs: clockOf({ rateHz, originMs, blocks }) };
}

function clockOf({
  rateHz,
  originMs,
  blocks,
}: Omit<PageRecording, 'base64'>): (atS: number) => number {
  const starts: { readonly sample: number; readonly timeUs: number }[] = [];
  let sample = 0;
  for (const [timeUs, samples] of blocks) {
    starts.push({ sample, timeUs });
    sample += samples;
  }
  return (atS) => {
    const place = atS * rateHz;
    const block = starts.findLast((start) => start.sample <= place);
    if (block === undefined) throw new RangeError('before the recording');
    return originMs + block.timeUs / 1000 + ((place - block.sample) / rateHz) * 1000;
  };
}

/** Self-contained: runs in the page. */
async function recordInPage({ end, seconds }: RecordOptions): Promise<PageRecording> {
  const track =
    end === 'microphone'
      ? globalThis.watchedConnections
          ?.flatMap(({ connection }) => connection.getSenders())
          .find((sender) => sender.track?.readyState === 'live')?.track
      : [...document.querySelectorAll<HTMLAudioElement>('audio[data-participant]')]
          .map(({ srcObject }) => srcObject)
          .find((stream) => stream instanceof MediaStream)
          ?.getAudioTracks()[0];
  if (track === undefined || track === null) {
    return { rateHz: 48_000, originMs: performance.timeOrigin, base64: '', blocks: [] };
  }
  const copy = track.clone();
  // A block's timestamp counts from the page's time origin.
  // Room for all of it, however late a busy page reads.
  const processor = new MediaStreamTrackProcessor({ track: copy, maxBufferSize: 200 * seconds });
  const reader = processor.readable.getReader();
  const chunks: Uint8Array[] = [];
  const blocks: [number, number][] = [];
  let rateHz = 48_000;
  let recorded = 0;
  // A track that is given nothing yields nothing: what there is by then is the recording.
  const timer = setTimeout(() => copy.stop(), seconds * 1500);
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    rateHz = value.sampleRate;
    const samples = new Float32Array(value.numberOfFrames);
    value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    blocks.push([value.timestamp, samples.length]);
    value.close();
    const rounded = Int16Array.from(samples, (sample) =>
      Math.round(Math.max(-1, Math.min(1, sample)) * 32_767),
    );
    chunks.push(new Uint8Array(rounded.buffer));
    recorded += samples.length;
    if (recorded >= seconds * rateHz) break;
  }
  clearTimeout(timer);
  copy.stop();
  let binary = '';
  for (const chunk of chunks) binary += String.fromCharCode(...chunk);
  return { rateHz, originMs: performance.timeOrigin, base64: btoa(binary), blocks };
}
