import { randomBytes } from 'node:crypto';
import { Secret } from '@earshot/keying/secret';
import { frameMetadata, ReceiverKeyring } from '@earshot/keying/sframe';
import { describe, expect, it } from 'vitest';
import { decodeOpus } from '../measure/opus-decode.ts';
import { SplitSealer, splitSuite } from './split-frame.ts';
import { drawTagCollisions } from './tag-collision.ts';

const metadata = frameMetadata({ callId: 'call', senderId: 'alice', mode: 'e2ee' });
/** 20 ms of silence. */
const opus = Uint8Array.of(0xf8, 0xff, 0xfe);

describe('a split frame', () => {
  it('opens under both keys, and is Opus under one', async () => {
    const baseKeys = [randomKey(), randomKey()] as const;
    const sealer = new SplitSealer({ baseKeys, kid: 0n, metadata });
    const frames = [sealer.seal(opus, 0), sealer.seal(opus, 1)];
    const played: number[] = [];
    for (const baseKey of baseKeys) {
      const keyring = new ReceiverKeyring({ suite: splitSuite, metadata });
      keyring.install({ generation: 0, step: 0 }, Secret.copy(baseKey));
      const opened = frames.map((frame) => keyring.open(frame));
      expect(opened.map(({ ok }) => ok)).toEqual([true, true]);
      const packets = opened.map((outcome, i) => ({
        timestamp: 960 * i,
        payload: outcome.ok ? outcome.bytes : new Uint8Array(0),
      }));
      const { framesDecoded, framesRefused } = await decodeOpus(packets);
      played.push(framesDecoded);
      expect(framesRefused).toBe(1);
    }
    expect(played).toEqual([1, 1]);
  });

  it('is made of one Opus frame', () => {
    const sealer = new SplitSealer({ baseKeys: [randomKey(), randomKey()], kid: 0n, metadata });
    expect(() => sealer.seal(Uint8Array.of(0xf9, 1, 2), 0)).toThrow(RangeError);
  });
});

describe('two keys that give one tag', () => {
  it('are found for a short tag, and open the frame', () => {
    const ciphertext = new Uint8Array(randomBytes(20));
    const { collisions, frameOf } = drawTagCollisions({
      ...{ suite: 'AES_128_CTR_HMAC_SHA256_32', kid: 0n, metadata, ciphertext },
      ...{ bits: [8, 12], mostKeys: 5000 },
    });
    expect(collisions.map(({ bits }) => bits)).toEqual([8, 12]);
    for (const { baseKeys } of collisions) {
      for (const baseKey of baseKeys) {
        const keyring = new ReceiverKeyring({ suite: 'AES_128_CTR_HMAC_SHA256_32', metadata });
        keyring.install({ generation: 0, step: 0 }, Secret.copy(baseKey));
        expect(keyring.open(frameOf(baseKey)).ok).toBe(true);
      }
    }
    const [{ baseKeys } = { baseKeys: [randomKey(), randomKey()] as const }] = collisions;
    const [first, second] = baseKeys.map((baseKey) => frameOf(baseKey).at(-4));
    expect(first).toBe(second);
  });
});

function randomKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}
