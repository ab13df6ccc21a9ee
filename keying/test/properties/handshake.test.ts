import { x25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/handshake/index.ts';
import {
  encodeRefusal,
  parseConfirm,
  parseDhPart,
  parseFlight,
  parseKem,
} from '../../src/handshake/messages.ts';
import { sasEmoji } from '../../src/handshake/sas-emoji.ts';
import { sasWords } from '../../src/handshake/sas-words.ts';
import { Secret } from '../../src/secret.ts';
import {
  agreed,
  bytesOf,
  codeOf,
  finalTypes,
  holdSameKeys,
  isAgreement,
  runHandshake,
  sideOptions,
} from '../handshakes.ts';
import type { Run, Tamper } from '../handshakes.ts';
import { referenceKey, referenceMac, referenceSas } from '../reference/handshake-keys.ts';
import { softwareIdentity } from '../members.ts';
import { seededRandom } from '../seeded-random.ts';

describe('an untouched handshake', () => {
  it('gives both sides the same keys, string and identities', async () => {
    const { initiator, responder } = agreed(await runHandshake());
    expect(holdSameKeys(initiator, responder)).toBe(true);
    expect(bytesOf(initiator.wrapSend)).not.toEqual(bytesOf(initiator.wrapReceive));
    expect(initiator.sas).toEqual(responder.sas);
    expect(initiator.peerIdentity).toEqual(sideOptions('responder').identity.publicKey);
    expect(responder.peerIdentity).toEqual(sideOptions('initiator').identity.publicKey);
  });

  it('fits each flight into an envelope', async () => {
    const { flights } = await runHandshake({
      initiator: { callId: 'c'.repeat(22) },
      responder: { callId: 'c'.repeat(22) },
    });
    expect(flights).toHaveLength(4);
    for (const flight of flights) expect(flight.length).toBeLessThanOrEqual(4096);
  });

  it('gives other keys each time', async () => {
    const one = agreed(await runHandshake());
    const random = seededRandom(77);
    const other = agreed(await runHandshake({ initiator: { random } }));
    expect(bytesOf(one.initiator.wrapSend)).not.toEqual(bytesOf(other.initiator.wrapSend));
    expect(one.initiator.sas).not.toEqual(other.initiator.sas);
  });

  it('works without a link secret on both sides', async () => {
    const without = { linkSecret: undefined };
    agreed(await runHandshake({ initiator: without, responder: without }));
  });

  it('derives what the reference derives', async () => {
    const run = await runHandshake();
    const { initiator } = agreed(run);
    const [commit, dhPartResponder, flight, confirmResponder] = run.flights as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const [dhPart, kem, confirm] = parseFlight(flight, finalTypes);
    // The sides' ephemeral secrets again, from the same seeds in the same order of use.
    const initiatorRandom = seededRandom(11);
    const responderRandom = seededRandom(22);
    initiatorRandom(32);
    responderRandom(32);
    const ephemeralI = initiatorRandom(32);
    responderRandom(32);
    const kemKeys = ml_kem768.keygen(responderRandom(64));
    const [message] = parseFlight(dhPartResponder, ['dh-part-responder']);
    const input = {
      mode: 'e2ee',
      callId: 'call',
      initiatorId: 'alice',
      responderId: 'bob',
      commit,
      dhPartResponder,
      dhPartInitiator: dhPart.bytes,
      kem: kem.bytes,
      x25519: x25519.getSharedSecret(ephemeralI, parseDhPart(message).ephemeral),
      kemSecret: ml_kem768.decapsulate(parseKem(kem), kemKeys.secretKey),
      linkSecret: new Uint8Array(32).fill(5),
    };
    expect(bytesOf(initiator.wrapSend)).toEqual(
      await referenceKey(input, 'earshot 1 wrap initiator to responder'),
    );
    expect(bytesOf(initiator.wrapReceive)).toEqual(
      await referenceKey(input, 'earshot 1 wrap responder to initiator'),
    );
    const [last] = parseFlight(confirmResponder, ['confirm-responder']);
    const [own, theirs] = [parseConfirm(confirm), parseConfirm(last)];
    expect(own.mac).toEqual(
      await referenceMac(input, 'earshot 1 confirm initiator', own.signature),
    );
    expect(theirs.mac).toEqual(
      await referenceMac(input, 'earshot 1 confirm responder', theirs.signature),
    );
    const sas = await referenceSas(dhPart.bytes, dhPartResponder);
    expect(initiator.sas.emoji).toEqual(sas.emoji.map((index) => sasEmoji[index]));
    expect(initiator.sas.words).toEqual(sas.words.map((index) => sasWords[index]));
  });

  it('wipes its ephemeral secrets', async () => {
    const drawn: Uint8Array[] = [];
    const random = seededRandom(3);
    const recording = (length: number): Uint8Array => {
      const bytes = random(length);
      drawn.push(bytes);
      return bytes;
    };
    const identity = softwareIdentity(seededRandom(4));
    for (const side of ['initiator', 'responder'] as const) {
      drawn.length = 0;
      agreed(await runHandshake({ [side]: { random: recording, identity } }));
      // Everything drawn is secret, but for the nonce, which travels.
      const kept = drawn.filter((bytes) => bytes.some((byte) => byte !== 0));
      expect(drawn).toHaveLength(3);
      expect(kept).toHaveLength(1);
    }
  });
});

/** Two sides may end as they like, but never both secure with different keys or strings. */
function expectNoSplit(run: Run): void {
  if (!isAgreement(run.initiator) || !isAgreement(run.responder)) return;
  expect(holdSameKeys(run.initiator, run.responder)).toBe(true);
  expect(run.initiator.sas).toEqual(run.responder.sas);
}

describe('a changed flight', () => {
  /** Every byte of the head, every third of the fields, and a sample of the KEM's bulk. */
  function offsets(length: number): number[] {
    const isSampled = (at: number): boolean =>
      at < 30 || (at % 3 === 0 && (at < 130 || length - at < 100)) || at % 97 === 0;
    return Array.from({ length }, (_, at) => at).filter(isSampled);
  }

  it.each([0, 1, 2, 3])(
    'number %i is refused by the side that gets it, at any offset',
    async (number) => {
      const { flights } = await runHandshake();
      for (const at of offsets(flights[number]!.length)) {
        const run = await runHandshake({}, (flight, index) =>
          index === number ? flight.map((byte, i) => (i === at ? byte ^ 1 : byte)) : flight,
        );
        // Confirm_R is the last word: its sender has finished. All else fails both sides or leaves
        // the other one waiting, which the refusal ends.
        const ends = [codeOf(run.initiator), codeOf(run.responder)];
        expect(ends[0], `offset ${at}`).not.toBe('agreed');
        if (number !== 3) expect(ends[1], `offset ${at}`).not.toBe('agreed');
        expect(ends.some((end) => end !== 'waiting' && end !== 'agreed')).toBe(true);
      }
    },
  );

  it('is refused when cut off, lengthened, repeated or replaced by another', async () => {
    const { flights } = await runHandshake();
    const tampers = (number: number): Tamper[] => [
      (flight) => flight.subarray(0, flight.length - 1),
      (flight) => Uint8Array.of(...flight, 0),
      (flight) => Uint8Array.of(...flight, ...flight),
      () => new Uint8Array(0),
      () => flights[(number + 1) % 4]!,
      () => new Uint8Array(5000),
    ];
    for (const number of [0, 1, 2, 3]) {
      for (const tamper of tampers(number)) {
        const run = await runHandshake({}, (flight, index) =>
          index === number ? tamper(flight, index) : flight,
        );
        expect(codeOf(run.initiator)).not.toBe('agreed');
        expectNoSplit(run);
      }
    }
  });

  it('names what is wrong', async () => {
    const other = seededRandom(99);
    const foreign = await runHandshake({ initiator: { random: other } });
    const swapped = await runHandshake({}, (flight, index) =>
      index === 2 ? foreign.flights[2] : flight,
    );
    expect(codeOf(swapped.responder)).toBe('handshake-commitment');

    const version = await runHandshake({}, (flight, index) =>
      index === 0 ? flight.map((byte, i) => (i === 0 ? 9 : byte)) : flight,
    );
    expect(codeOf(version.responder)).toBe('handshake-mismatch');

    const refused = await runHandshake({}, (flight, index) =>
      index === 1 ? encodeRefusal() : flight,
    );
    expect(codeOf(refused.initiator)).toBe('handshake-refused');
  });

  it('never leaves two sides secure with different keys, wherever bits are flipped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.array(fc.tuple(fc.nat(1500), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (number, flips) => {
          const run = await runHandshake({}, (flight, index) => {
            if (index !== number) return flight;
            const changed = flight.slice();
            for (const [at, flip] of flips) changed[at % changed.length]! ^= flip;
            return changed;
          });
          expectNoSplit(run);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('sides that differ', () => {
  it.each([
    ['another suite', { suite: 'AES_256_GCM_SHA512_128' }, 'handshake-mismatch'],
    ['another mode', { mode: 'sdes' }, 'handshake-mismatch'],
    ['another call', { callId: 'elsewhere' }, 'handshake-mismatch'],
    ['another participant', { peerId: 'mallory' }, 'handshake-mismatch'],
    [
      'another link secret',
      { linkSecret: Secret.copy(new Uint8Array(32).fill(6)) },
      'handshake-confirmation',
    ],
    ['no link secret', { linkSecret: undefined }, 'handshake-confirmation'],
  ] as const)('%s fails', async (_, changes, code) => {
    const asResponder = await runHandshake({ responder: changes });
    expect([codeOf(asResponder.initiator), codeOf(asResponder.responder)]).toContain(code);
    expect(isAgreement(asResponder.initiator) || isAgreement(asResponder.responder)).toBe(false);
    const peerId = 'peerId' in changes ? { peerId: 'mallory' } : changes;
    const asInitiator = await runHandshake({ initiator: peerId });
    expect([codeOf(asInitiator.initiator), codeOf(asInitiator.responder)]).toContain(code);
    expect(isAgreement(asInitiator.initiator) || isAgreement(asInitiator.responder)).toBe(false);
  });

  it('a signature by another identity fails', async () => {
    const claimed = softwareIdentity(seededRandom(1));
    const other = softwareIdentity(seededRandom(2));
    const identity: Identity = {
      publicKey: claimed.publicKey,
      sign: (message) => other.sign(message),
    };
    const run = await runHandshake({ initiator: { identity } });
    expect(codeOf(run.responder)).toBe('handshake-signature');
    const back = await runHandshake({ responder: { identity } });
    expect(codeOf(back.initiator)).toBe('handshake-signature');
  });
});
