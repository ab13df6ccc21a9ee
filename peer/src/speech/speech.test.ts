import { describe, expect, it } from 'vitest';
import { shareOf, tone } from '../../test/tones.ts';
import { encodeSpeech } from './encoded-speech.ts';
import type { OpusFrame } from './pcm.ts';
import { SpeechRecorder } from './speech-recorder.ts';

const voice = encodeSpeech(tone(440), { rate: 'variable' });

/** RTP timestamps 20 ms apart, 960 ticks at 48 kHz (RFC 7587 section 4.1). */
function framesFrom(firstTimestamp: number): OpusFrame[] {
  return voice.frames.map((payload, i) => ({
    timestamp: (firstTimestamp + 960 * i) % 2 ** 32,
    payload,
  }));
}

function record(frames: readonly OpusFrame[]): SpeechRecorder {
  const recorder = new SpeechRecorder();
  for (const frame of frames) recorder.add(frame);
  recorder.close();
  return recorder;
}

describe('encoded speech', () => {
  it('has a frame for each 20 ms, the last one filled up', () => {
    expect(voice.frames).toHaveLength(50);
    const pcm = { sampleRateHz: 48_000, samples: new Float32Array(961) };
    expect(encodeSpeech(pcm, { rate: 'constant' }).frames).toHaveLength(2);
  });

  it.each([16_000, 32_000, 64_000])(
    'at a constant %i bit/s has frames of one size',
    (bitrateBps) => {
      const { frames } = encodeSpeech(tone(440), { rate: 'constant', bitrateBps });
      expect(new Set(frames.map(({ length }) => length))).toEqual(new Set([bitrateBps / 8 / 50]));
    },
  );

  it('at a variable rate has not', () => {
    expect(new Set(voice.frames.map(({ length }) => length)).size).toBeGreaterThan(3);
  });

  it('is nothing of no samples, and nothing at a rate that Opus has not', () => {
    const samples = new Float32Array(0);
    expect(() => encodeSpeech({ sampleRateHz: 16_000, samples }, { rate: 'constant' })).toThrow(
      RangeError,
    );
    expect(() => encodeSpeech({ sampleRateHz: 44_100, samples }, { rate: 'constant' })).toThrow(
      RangeError,
    );
  });
});

describe('a recording', () => {
  it('holds what was said, across the wrap of the timestamps', () => {
    const pcm = record(framesFrom(2 ** 32 - 9600)).pcm();
    expect(pcm.samples).toHaveLength(48_000);
    expect(shareOf(440, pcm)).toBeGreaterThan(0.9);
  });

  it('is silent where frames are missing', () => {
    const frames = framesFrom(0).filter((_, i) => i < 10 || i >= 30);
    const { samples } = record(frames).pcm();
    expect(samples).toHaveLength(48_000);
    expect(samples.subarray(9600, 28_800).every((sample) => sample === 0)).toBe(true);
  });

  it('plays nothing twice, late, far off, empty, too long or after its end', () => {
    const frames = framesFrom(0);
    const [first, second] = frames;
    const recorder = new SpeechRecorder();
    for (const frame of [first!, second!, first!, second!]) recorder.add(frame);
    recorder.add({ timestamp: 2 ** 31 - 1, payload: first!.payload });
    recorder.add({ timestamp: 1920, payload: new Uint8Array(0) });
    recorder.add({ timestamp: 1920, payload: new Uint8Array(9000) });
    expect(recorder.counts).toEqual({ decoded: 2, refused: 2, late: 2 });
    recorder.close();
    recorder.close();
    recorder.add(frames[2]!);
    expect(recorder.pcm().samples).toHaveLength(1920);
  });
});
