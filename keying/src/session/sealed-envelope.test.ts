import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyingError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { EnvelopeChannel } from './sealed-envelope.ts';
import type { EnvelopeChannelOptions } from './sealed-envelope.ts';

const id = { generation: 3, step: 2 };
const baseKey = new Uint8Array(32).fill(9);

function channel(
  self: 'alice' | 'bob',
  changes: Partial<EnvelopeChannelOptions> = {},
): EnvelopeChannel {
  const [forward, back] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const [send, receive] = self === 'alice' ? [forward, back] : [back, forward];
  return new EnvelopeChannel({
    callId: 'call',
    selfId: self,
    peerId: self === 'alice' ? 'bob' : 'alice',
    wrapSend: Secret.copy(send),
    wrapReceive: Secret.copy(receive),
    ...changes,
  });
}

describe('an envelope', () => {
  it('carries a key and an acknowledgement', () => {
    const [alice, bob] = [channel('alice'), channel('bob')];
    const opened = bob.open(alice.sealKey(id, baseKey));
    if (opened.kind !== 'key') throw new Error(opened.kind);
    expect(opened.id).toEqual(id);
    expect(opened.baseKey.use((bytes) => bytes.slice())).toEqual(baseKey);
    expect(alice.open(bob.sealAcknowledgement(id))).toEqual({ kind: 'acknowledgement', id });
  });

  it('opens once, and not after a later one', () => {
    const [alice, bob] = [channel('alice'), channel('bob')];
    const [first, second] = [alice.sealKey(id, baseKey), alice.sealKey(id, baseKey)];
    bob.open(second);
    for (const envelope of [first, second]) {
      expect(() => bob.open(envelope)).toThrow(KeyingError);
    }
  });

  it.each([
    ['call', { callId: 'elsewhere' }],
    ['sender', { peerId: 'mallory' }],
    ['receiver', { selfId: 'mallory' }],
  ])('does not open for another %s, even under the same keys', (_, changes) => {
    const envelope = channel('alice').sealKey(id, baseKey);
    expect(() => channel('bob', changes).open(envelope)).toThrow(KeyingError);
  });

  it('does not open for whoever sealed it', () => {
    const alice = channel('alice');
    const envelope = alice.sealKey(id, baseKey);
    expect(() => alice.open(envelope)).toThrow(KeyingError);
  });

  it('does not open with any bit flipped, cut off, or made up; then it still opens itself', () => {
    const envelope = channel('alice').sealKey(id, baseKey);
    const bob = channel('bob');
    const changed = fc.oneof(
      fc
        .nat(envelope.length * 8 - 1)
        .map((bit) => envelope.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))),
      fc.nat(envelope.length - 1).map((length) => envelope.subarray(0, length)),
      fc.uint8Array({ maxLength: 100 }),
    );
    fc.assert(
      fc.property(changed, (bytes) => {
        expect(() => bob.open(bytes)).toThrow(KeyingError);
      }),
      { numRuns: 400 },
    );
    expect(bob.open(envelope).kind).toBe('key');
  });
});
