import { x25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { createInitiator, createResponder } from '../../src/handshake/index.ts';
import {
  encodeCommit,
  encodeDhPart,
  parseCommit,
  parseDhPart,
  parseFlight,
} from '../../src/handshake/messages.ts';
import type { Message } from '../../src/handshake/messages.ts';
import { commitmentTo } from '../../src/handshake/transcript.ts';
import { KeyingError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';
import {
  agreed,
  codeOf,
  finalTypes,
  isAgreement,
  runHandshake,
  sideOptions,
} from '../handshakes.ts';
import type { Run } from '../handshakes.ts';
import { seededRandom } from '../seeded-random.ts';

describe('a server between two people', () => {
  /** It runs a handshake of its own with each, in the other's name. */
  async function between(linkSecret: Uint8Array | undefined) {
    const secret = linkSecret === undefined ? undefined : Secret.copy(linkSecret);
    const random = seededRandom(666);
    const left = await runHandshake({ responder: { random, linkSecret: secret } });
    const right = await runHandshake({ initiator: { random, linkSecret: secret } });
    return { left, right };
  }

  it('is refused by both without the link secret', async () => {
    const { left, right } = await between(undefined);
    expect(isAgreement(left.initiator)).toBe(false);
    expect(codeOf(left.responder)).toBe('handshake-confirmation');
    expect(codeOf(right.responder)).toBe('handshake-confirmation');
  });

  it('shows two different strings even if it has the link secret', async () => {
    const { left, right } = await between(new Uint8Array(32).fill(5));
    const alice = agreed(left).initiator;
    const bob = agreed(right).responder;
    expect(alice.sas.emoji).not.toEqual(bob.sas.emoji);
    expect(alice.sas.words).not.toEqual(bob.sas.words);
  });

  it('cannot swap one X25519 value without the link secret', async () => {
    const own = x25519.getPublicKey(new Uint8Array(32).fill(8));
    const run = await runHandshake({}, (flight, index) => {
      if (index !== 1) return flight;
      const [message] = parseFlight(flight, ['dh-part-responder']);
      return encodeDhPart({ ...parseDhPart(message), ephemeral: own });
    });
    expect(codeOf(run.responder)).toBe('handshake-confirmation');
  });

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('cannot plant the low-order value %s on either side', async (hex) => {
    const ephemeral = Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
    const toInitiator = await runHandshake({}, (flight, index) => {
      if (index !== 1) return flight;
      const [message] = parseFlight(flight, ['dh-part-responder']);
      return encodeDhPart({ ...parseDhPart(message), ephemeral });
    });
    expect(codeOf(toInitiator.initiator)).toBe('low-order-point');
    // The responder sees DHPart_I only as committed, so the commitment is forged with it.
    const planted = await runHandshake();
    const [dhPart, ...rest] = parseFlight(planted.flights[2]!, finalTypes);
    const forged = encodeDhPart({ ...parseDhPart(dhPart), ephemeral });
    const responder = createResponder(sideOptions('responder'));
    await responder.receive(
      encodeCommit({ ...parseCommit(commitOf(planted)), commitment: commitmentTo(forged) }),
    );
    const flight = Uint8Array.of(...forged, ...rest[0].bytes, ...rest[1].bytes);
    await expect(responder.receive(flight)).rejects.toMatchObject({ code: 'low-order-point' });
  });

  it("cannot reflect a side's own messages", async () => {
    const initiator = createInitiator(sideOptions('initiator'));
    await expect(initiator.receive(initiator.start())).rejects.toMatchObject({
      code: 'handshake-unexpected',
    });
  });

  it('leads to nothing by going on after a failure', async () => {
    const { flights } = await runHandshake();
    const responder = createResponder(sideOptions('responder'));
    await expect(responder.receive(flights[2]!)).rejects.toBeInstanceOf(KeyingError);
    await expect(responder.receive(flights[0]!)).rejects.toMatchObject({
      code: 'handshake-unexpected',
    });
  });
});

function commitOf(run: Run): Message {
  return parseFlight(run.flights[0]!, ['commit'])[0];
}
