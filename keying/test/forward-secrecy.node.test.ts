/** After a call nothing is left of its keys: neither in memory, nor in what a device and a relay keep. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it, vi } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { Secret } from '../src/secret.ts';
import { rotationIntervalMs } from '../src/session/index.ts';
import { encodeKeyId, defaultFrameSuite } from '../src/sframe/index.ts';
import { deriveFrameKeys } from '../src/sframe/key-schedule.ts';
import { expectHears } from './hearing.ts';
import { reachable } from './live-memory.ts';
import { Call } from './members.ts';
import { framesOpened, recordCall } from './recording-call.ts';

/** Hexadecimal, so that the test itself holds no bytes. */
interface Needles {
  readonly linkSecret: string;
  /** Of generation 1, which both have used last. */
  readonly inUse: readonly string[];
  readonly drawn: readonly string[];
}

async function callWithNeedles(): Promise<{ readonly call: Call; readonly needles: Needles }> {
  const drawn: string[] = [];
  const call = new Call({ seed: 9, onRandom: (bytes) => drawn.push(bytesToHex(bytes)) });
  const linkSecret = bytesToHex(call.linkSecret);
  const [alice, bob] = [call.join('alice'), call.join('bob')];
  call.linkSecret.fill(0);
  await call.settle();
  const beforeRotation = drawn.length;
  call.scheduler.advance(rotationIntervalMs);
  const baseKeys = drawn.slice(beforeRotation);
  expectHears(alice, bob);
  expectHears(bob, alice);
  return { call, needles: { linkSecret, drawn, inUse: baseKeys.flatMap(frameKeys) } };
}

/** The base key of generation 1, the cipher key that comes of it, and its salt. */
function frameKeys(baseKey: string): string[] {
  const kid = encodeKeyId({ generation: 1, step: 0 });
  const { key, salt } = deriveFrameKeys(defaultFrameSuite, kid, hexToBytes(baseKey));
  return [baseKey, bitSliced(key.subarray(0, 16)), bytesToHex(salt)];
}

/** As a key lies in memory while frames use it: each bit of its 16 bytes as a byte, lowest bits first. */
function bitSliced(key: Uint8Array): string {
  const bits = Array.from({ length: 8 }, (_, bit) =>
    Array.from(key, (byte) => ((byte >> bit) & 1 ? 'ff' : '00')),
  );
  return bits.flat().join('');
}

/** In the flights, for everyone to see. */
function isPublic(hex: string, call: Call): boolean {
  return call.relayed.some(({ data }) => bytesToHex(data).includes(hex));
}

function isIdentity(hex: string, call: Call): boolean {
  if (hex.length !== 64) return false;
  const publicKey = bytesToHex(ed25519.getPublicKey(hexToBytes(hex)));
  return [...call.members.values()].some(
    ({ identity }) => bytesToHex(identity.publicKey) === publicKey,
  );
}

describe('keys in memory', () => {
  it('are all there during the call, and none of them after it', async () => {
    const { call, needles } = await callWithNeedles();
    const secrets = [needles.linkSecret, ...needles.inUse];
    expect(await reachable(secrets)).toEqual(secrets.map(() => true));
    // A device keeps its identity.
    const all = [...secrets, ...needles.drawn].filter(
      (hex) => !isPublic(hex, call) && !isIdentity(hex, call),
    );
    for (const { session } of call.members.values()) session.close();
    expect(all.length).toBeGreaterThan(10);
    expect(await reachable(all)).toEqual(all.map(() => false));
  });
});

describe('every secret', () => {
  it('that a session took or copied is wiped when it closes, whether anything still points to it or not', async () => {
    const made: Secret[] = [];
    const [take, copy] = [Secret.take.bind(Secret), Secret.copy.bind(Secret)];
    const note = (secret: Secret): Secret => {
      made.push(secret);
      return secret;
    };
    vi.spyOn(Secret, 'take').mockImplementation((bytes) => note(take(bytes)));
    vi.spyOn(Secret, 'copy').mockImplementation((bytes) => note(copy(bytes)));
    try {
      const { call } = await callWithNeedles();
      // Ephemerals are over already; link secret, wrap keys and sender keys are not.
      expect(made.filter(({ isWiped }) => !isWiped)).toHaveLength(2 * (1 + 2 + 1));
      for (const { session } of call.members.values()) session.close();
      expect(made.filter(({ isWiped }) => !isWiped)).toEqual([]);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

describe('a recorded call', () => {
  it('stays closed to whoever has both identity keys, the link and every envelope', async () => {
    const recording = await recordCall();
    const { initiator, responder, drawn, linkSecret } = recording;
    const identities = drawn.filter(
      (bytes) =>
        bytes.length === 32 &&
        [initiator, responder].some(
          ({ identity }) =>
            bytesToHex(identity.publicKey) === bytesToHex(ed25519.getPublicKey(bytes)),
        ),
    );
    expect(identities).toHaveLength(2);
    // An Ed25519 key is no X25519 key, but whoever has it would try.
    const knowledge = { x25519Secrets: identities, kemSecretKey: undefined, linkSecret };
    expect(await framesOpened(recording, knowledge)).toBe(0);
    expect(recording.frames.length).toBeGreaterThan(0);
  });
});
