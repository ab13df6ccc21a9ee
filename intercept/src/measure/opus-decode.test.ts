import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeOpus } from './opus-decode.ts';

/** 20 ms of silence, as Opus encoders write it: CELT, fullband, one frame. */
const silence = Uint8Array.of(0xf8, 0xff, 0xfe);
const frameTicks = 960;

describe('decodeOpus', () => {
  it('places frames by timestamp, across the wrap, whatever their order, repeated or lost', async () => {
    const start = 2 ** 32 - frameTicks;
    const ticks = [0, 3, 1, 1, 4].map((n) => (start + n * frameTicks) % 2 ** 32);
    const { pcm, framesDecoded, framesRefused } = await decodeOpus(
      ticks.map((timestamp) => ({ timestamp, payload: silence })),
    );
    expect({ framesDecoded, framesRefused }).toEqual({ framesDecoded: 4, framesRefused: 0 });
    expect(pcm.sampleRateHz).toBe(48_000);
    expect(pcm.samples).toHaveLength(5 * frameTicks);
  });

  it('counts what is not Opus and goes on', async () => {
    // RFC 6716 section 3.2.5: a code 3 packet that says it has 0 frames is invalid.
    const invalid = Uint8Array.of(0xfb, 0x00);
    const result = await decodeOpus([
      { timestamp: 0, payload: invalid },
      { timestamp: frameTicks, payload: silence },
      { timestamp: 2 * frameTicks, payload: new Uint8Array(0) },
    ]);
    expect(result).toMatchObject({ framesDecoded: 1, framesRefused: 1 });
  });

  it('survives thousands of frames that are not Opus at all', async () => {
    const noise = (n: number): Uint8Array =>
      createHash('shake256', { outputLength: 1 + (n % 300) })
        .update(String(n))
        .digest();
    const frames = Array.from({ length: 4000 }, (_, n) => ({
      timestamp: n * frameTicks,
      payload: noise(n),
    }));
    const { framesDecoded, framesRefused } = await decodeOpus(frames);
    expect(framesDecoded + framesRefused).toBe(4000);
    expect(framesRefused).toBeGreaterThan(0);
  });

  it('does not follow a foreign timestamp into gigabytes', async () => {
    const { pcm } = await decodeOpus([
      { timestamp: 0, payload: silence },
      { timestamp: 2 ** 31 - 1, payload: silence },
    ]);
    expect(pcm.samples).toHaveLength(frameTicks);
  });

  it('gives nothing for nothing', async () => {
    const { pcm, framesDecoded } = await decodeOpus([]);
    expect([pcm.samples.length, framesDecoded]).toEqual([0, 0]);
  });
});
