import { describe, expect, it } from 'vitest';
import { meanBufferMs } from './watched-connections.ts';

describe('meanBufferMs', () => {
  it('is the time of one sample', () => {
    // 48,000 samples that waited for 40 ms each.
    expect(meanBufferMs({ bufferSeconds: 1920, bufferSamples: 48_000 })).toBe(40);
  });

  it('is nothing where nothing came out', () => {
    expect(meanBufferMs({ bufferSeconds: 0, bufferSamples: 0 })).toBe(0);
  });
});
