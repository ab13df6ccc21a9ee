import { expect, it } from 'vitest';
import { decodePcma, decodePcmu } from './g711.ts';

// ITU-T G.711 tables 1a and 2a, scaled to 16 bits: both ends and the middle of each sign.
it.each([
  ['PCMU', decodePcmu, [0x00, 0x80, 0x7f, 0xff, 0x70, 0xf0], [-32_124, 32_124, 0, 0, -120, 120]],
  ['PCMA', decodePcma, [0x2a, 0xaa, 0x55, 0xd5, 0x45, 0xc5], [-32_256, 32_256, -8, 8, -264, 264]],
] as const)('%s', (_, decode, codes, samples) => {
  expect([...decode(Uint8Array.from(codes))].map((sample) => sample + 0)).toEqual(samples);
});
