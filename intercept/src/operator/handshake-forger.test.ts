/** The forger against the real handshake: what its attacks find is worth what it can do when nothing hinders it. */
import { randomBytes } from 'node:crypto';
import { KeyingError } from '@earshot/keying/errors';
import {
  createInitiator,
  createResponder,
  type Agreement,
  type HandshakeOptions,
} from '@earshot/keying/handshake';
import { Secret } from '@earshot/keying/secret';
import { createIdentity } from '@earshot/peer/device-identity';
import { describe, expect, test } from 'vitest';
import { HandshakeForger } from './handshake-forger.ts';

const call = { callId: 'call', mode: 'e2ee', suite: 'AES_128_GCM_SHA256_128' } as const;

function optionsOf(selfId: string, linkSecret?: Secret): HandshakeOptions {
  return {
    ...{ ...call, selfId, linkSecret },
    peerId: 'mallory',
    identity: createIdentity(),
    random: (length) => new Uint8Array(randomBytes(length)),
  };
}

const forgerAs = (role: 'initiator' | 'responder', peerId: string) =>
  new HandshakeForger({ ...call, role, selfId: 'mallory', peerId });

const needed = (bytes: Uint8Array | undefined): Uint8Array => bytes ?? expect.fail('nothing sent');

/** Hex: of the key under which the victim seals, and of the one under which it opens. */
function wrapKeysOf(agreement: Agreement | undefined): (string | undefined)[] {
  return [agreement?.wrapSend, agreement?.wrapReceive].map((key) =>
    key?.use((bytes) => Buffer.from(bytes).toString('hex')),
  );
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('an initiator', () => {
  async function against(
    options: HandshakeOptions,
    partOf: (forger: HandshakeForger, committed: Uint8Array) => Uint8Array,
  ) {
    const forger = forgerAs('initiator', options.selfId);
    const victim = createResponder(options);
    const committed = forger.part();
    const commit = forger.commitTo(committed);
    const { send } = await victim.receive(commit);
    const part = partOf(forger, committed);
    const { flight, keys } = await forger.reveal({ commit, part, dhPartResponder: needed(send) });
    const { agreement } = await victim.receive(flight);
    return { agreement, keys };
  }

  test('that keeps the rules of a call without a link secret has the keys of the other side', async () => {
    const { agreement, keys } = await against(optionsOf('bob'), (_, committed) => committed);
    expect(wrapKeysOf(agreement)).toEqual([hex(keys.wrapToInitiator), hex(keys.wrapToResponder)]);
  });

  test('that reveals another part than it committed to is refused', async () => {
    const refused = against(optionsOf('bob'), (forger) => forger.part());
    await expect(refused).rejects.toThrow(
      expect.objectContaining({ name: KeyingError.name, code: 'handshake-commitment' }),
    );
  });

  test('that does not know the link secret is refused', async () => {
    const linkSecret = Secret.copy(new Uint8Array(32).fill(7));
    const refused = against(optionsOf('bob', linkSecret), (_, committed) => committed);
    await expect(refused).rejects.toMatchObject({ code: 'handshake-confirmation' });
  });
});

describe('a responder', () => {
  async function against(options: HandshakeOptions) {
    const forger = forgerAs('responder', options.selfId);
    const victim = createInitiator(options);
    const commit = victim.start();
    const part = forger.part();
    const { send } = await victim.receive(part);
    const { flight, keys } = await forger.conclude({ commit, part, flight: needed(send) });
    const { agreement } = await victim.receive(flight);
    return { agreement, keys };
  }

  test('that keeps the rules of a call without a link secret has the keys of the other side', async () => {
    const { agreement, keys } = await against(optionsOf('alice'));
    expect(wrapKeysOf(agreement)).toEqual([hex(keys.wrapToResponder), hex(keys.wrapToInitiator)]);
  });

  test('that does not know the link secret is refused', async () => {
    const linkSecret = Secret.copy(new Uint8Array(32).fill(7));
    await expect(against(optionsOf('alice', linkSecret))).rejects.toMatchObject({
      code: 'handshake-confirmation',
    });
  });
});
