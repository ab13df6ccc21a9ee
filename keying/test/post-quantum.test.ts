/** What a recorded call is worth to whoever learns some of its secrets later: FIPS 203 beside RFC 7748. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { framesOpened, recordCall } from './recording-call.ts';
import type { Recording } from './recording-call.ts';

let recording: Recording;
/** Every 32-byte value drawn: both X25519 secrets are among them, and all are tried as such. */
let x25519Secrets: readonly Uint8Array[];
let kemSecretKey: Uint8Array;

beforeAll(async () => {
  recording = await recordCall();
  x25519Secrets = recording.drawn.filter(({ length }) => length === 32);
  const seeds = recording.drawn.filter(({ length }) => length === 64);
  expect(seeds).toHaveLength(1);
  kemSecretKey = ml_kem768.keygen(seeds[0]).secretKey;
});

describe('a recorded call', () => {
  it('opens for whoever has the X25519, ML-KEM and link secrets', async () => {
    const { linkSecret, frames } = recording;
    const opened = await framesOpened(recording, { x25519Secrets, kemSecretKey, linkSecret });
    expect(opened).toBe(frames.length);
  });

  it('stays closed to whoever breaks X25519 alone, even with the link', async () => {
    const { linkSecret } = recording;
    const knowledge = { x25519Secrets, kemSecretKey: undefined, linkSecret };
    expect(await framesOpened(recording, knowledge)).toBe(0);
  });

  it('stays closed to whoever breaks ML-KEM alone, even with the link', async () => {
    const { linkSecret } = recording;
    const guesses = [new Uint8Array(32).fill(3)];
    const knowledge = { x25519Secrets: guesses, kemSecretKey, linkSecret };
    expect(await framesOpened(recording, knowledge)).toBe(0);
  });

  it('stays closed to whoever breaks both and does not have the link', async () => {
    const knowledge = { x25519Secrets, kemSecretKey, linkSecret: undefined };
    expect(await framesOpened(recording, knowledge)).toBe(0);
  });
});
