/**
 * The model and keying/ make the same of the same values: one honest handshake of each, message by message,
 * and the MACs and keys that depend on every field of the transcript and on its order.
 */
import { createInitiator, createResponder } from '@earshot/keying/handshake';
import type { HandshakeOptions } from '@earshot/keying/handshake';
import {
  parseConfirm,
  parseDhPart,
  parseFlight,
  parseKem,
} from '@earshot/keying/handshake/messages';
import { Secret } from '@earshot/keying/secret';
import { createIdentity } from '@earshot/peer/device-identity';
import { createPrivateKey, decapsulate, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { E2eeDefence } from '../src/explore/defences.ts';
import { e2eeModel, secrets } from '../src/explore/e2ee-model.ts';
import { encodeDhPart, encodeKem } from '../src/explore/e2ee-messages.ts';
import { drawn, macOf, ownPart, type Confirming } from '../src/explore/e2ee-role.ts';
import { ByteTerms } from '../src/explore/replay/byte-terms.ts';
import { VariantHandshake } from '../src/explore/replay/variant-handshake.ts';
import { search } from '../src/explore/search.ts';
import { encapsulate, kemKey, signature, term, verificationKey } from '../src/explore/term.ts';
import { signedBy } from '../src/explore/e2ee-role.ts';

/** RFC 9935: an ML-KEM-768 private key as its 64-byte seed. */
const mlKemSeedPrefix = Buffer.from('3054020100300b060960864801650304040204428040', 'hex');
const linkSecret = new Uint8Array(randomBytes(32));

function optionsOf(self: string, draws: Uint8Array[]): HandshakeOptions {
  return {
    callId: 'call',
    mode: 'e2ee',
    suite: 'AES_128_CTR_HMAC_SHA256_80',
    selfId: self,
    peerId: self === 'alice' ? 'bob' : 'alice',
    linkSecret: Secret.copy(linkSecret),
    identity: createIdentity(),
    random: (length) => {
      const bytes = new Uint8Array(randomBytes(length));
      draws.push(bytes.slice());
      return bytes;
    },
  };
}

/** Real, start to end, with everything that was drawn. */
async function realHandshake() {
  const [drawnByAlice, drawnByBob]: [Uint8Array[], Uint8Array[]] = [[], []];
  const alice = createInitiator(optionsOf('alice', drawnByAlice));
  const bob = createResponder(optionsOf('bob', drawnByBob));
  const commit = alice.start();
  const dhPartResponder = (await bob.receive(commit)).send!;
  const reveal = (await alice.receive(dhPartResponder)).send!;
  const last = await bob.receive(reveal);
  const { agreement } = await alice.receive(last.send!);
  const flight = parseFlight(reveal, ['dh-part-initiator', 'kem', 'confirm-initiator']);
  const [confirmResponder] = parseFlight(last.send!, ['confirm-responder']);
  return { drawnByAlice, drawnByBob, commit, dhPartResponder, flight, confirmResponder, agreement };
}

/** The model's: the shortest way for both to be done and to have seen the same of each other. */
function modelledHandshake(off: readonly E2eeDefence[] = []) {
  const model = e2eeModel({ goal: 'secrecy', off: new Set(off), cast: 'pair' });
  const [alice, bob] = model.initial[0]!.sides.map(({ side }) => side);
  const genuine = encodeDhPart(ownPart(alice!, new Set()));
  const { trace } = search(
    {
      ...model,
      isViolated: ({ sides }) =>
        sides.every(({ state }) => state.kind === 'done' && state.dhPartInitiator === genuine),
    },
    { maxDepth: 4, maxStates: 10_000 },
  );
  const state = trace!.final.sides[0]!.state;
  if (state.kind !== 'done') throw new TypeError('not done');
  return { alice: alice!, bob: bob!, state: { ...state, kind: 'confirming' } as Confirming };
}

type Real = Awaited<ReturnType<typeof realHandshake>>;

/** Every drawn value and signature, no message: what is compared has to be put together. */
function bindLeaves(
  real: Real,
  { alice, bob, state }: ReturnType<typeof modelledHandshake>,
): ByteTerms {
  const bytes = new ByteTerms();
  const [partI] = real.flight;
  const initiator = parseDhPart(partI);
  const responder = parseDhPart(parseFlight(real.dhPartResponder, ['dh-part-responder'])[0]);
  bytes.bind(drawn(alice).exponent, real.drawnByAlice[0]!);
  bytes.bind(drawn(bob).exponent, real.drawnByBob[0]!);
  bytes.bind(drawn(alice).nonce, initiator.nonce);
  bytes.bind(drawn(bob).nonce, responder.nonce);
  bytes.bind(verificationKey(secrets.alice), initiator.identity);
  bytes.bind(verificationKey(secrets.bob), responder.identity);
  bytes.bind(kemKey(drawn(bob).decapsulationKey), responder.kemKey!);
  bytes.bind(secrets.link, linkSecret);
  const key = kemKey(drawn(bob).decapsulationKey);
  const ciphertext = parseKem(real.flight[1]);
  bytes.bind(encapsulate(key, drawn(alice).kemSeed).ciphertext, ciphertext);
  const kemPrivate = Buffer.concat([mlKemSeedPrefix, real.drawnByBob[1]!]);
  const secret = decapsulate(
    createPrivateKey({ key: kemPrivate, type: 'pkcs8', format: 'der' }),
    ciphertext,
  );
  bytes.bind(term('kem-secret', [key, drawn(alice).kemSeed]), secret);
  const signatures = [
    ['initiator', secrets.alice, real.flight[2]],
    ['responder', secrets.bob, real.confirmResponder],
  ] as const;
  for (const [role, signer, message] of signatures) {
    bytes.bind(
      signature(signer, signedBy(role, state.transcript)),
      parseConfirm(message).signature,
    );
  }
  return bytes;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the model and the code', () => {
  it('make the same messages', async () => {
    const real = await realHandshake();
    const modelled = modelledHandshake();
    const bytes = bindLeaves(real, modelled);
    const { state, alice, bob } = modelled;
    expect(hex(bytes.bytesOf(state.dhPartInitiator))).toBe(hex(real.flight[0].bytes));
    expect(hex(bytes.bytesOf(state.dhPartResponder))).toBe(hex(real.dhPartResponder));
    expect(hex(bytes.bytesOf(state.commit))).toBe(hex(real.commit));
    const { ciphertext } = encapsulate(kemKey(drawn(bob).decapsulationKey), drawn(alice).kemSeed);
    expect(state.kem).toBe(encodeKem(ciphertext));
    expect(hex(bytes.bytesOf(encodeKem(ciphertext)))).toBe(hex(real.flight[1].bytes));
  });

  it('have the same fields in the transcript, in the same order, and derive the same keys', async () => {
    const real = await realHandshake();
    const modelled = modelledHandshake();
    const bytes = bindLeaves(real, modelled);
    const { state } = modelled;
    const confirmations = [
      ['initiator', secrets.alice, real.flight[2]],
      ['responder', secrets.bob, real.confirmResponder],
    ] as const;
    for (const [role, signer, message] of confirmations) {
      const signed = signature(signer, signedBy(role, state.transcript));
      expect(hex(bytes.bytesOf(macOf(role, state, signed)))).toBe(hex(parseConfirm(message).mac));
    }
    const { wrapSend, wrapReceive } = real.agreement!;
    expect(wrapSend.use(hex)).toBe(hex(bytes.bytesOf(state.keys.wrapToResponder)));
    expect(wrapReceive.use(hex)).toBe(hex(bytes.bytesOf(state.keys.wrapToInitiator)));
  });

  it.each(['parameters-in-transcript', 'messages-in-transcript', 'kem', 'link-secret'] as const)(
    'the control: not when the model leaves out %s',
    async (off) => {
      const real = await realHandshake();
      const modelled = modelledHandshake([off]);
      const bytes = bindLeaves(real, modelled);
      const wrap = bytes.bytesOf(modelled.state.keys.wrapToResponder);
      expect(real.agreement!.wrapSend.use(hex)).not.toBe(hex(wrap));
    },
  );
});

describe('a variant with nothing left out', () => {
  it.each(['initiator', 'responder'] as const)(
    'completes with the real one as %s',
    async (role) => {
      const [alice, bob] = [optionsOf('alice', []), optionsOf('bob', [])];
      const none = new Set<E2eeDefence>();
      const initiator =
        role === 'initiator' ? new VariantHandshake(alice, role, none) : createInitiator(alice);
      const responder =
        role === 'responder' ? new VariantHandshake(bob, role, none) : createResponder(bob);
      const first = await responder.receive(initiator.start());
      const second = await initiator.receive(first.send!);
      const third = await responder.receive(second.send!);
      const fourth = await initiator.receive(third.send!);
      expect(fourth.agreement!.sas).toEqual(third.agreement!.sas);
      expect(fourth.agreement!.wrapSend.use(hex)).toBe(third.agreement!.wrapReceive.use(hex));
    },
  );
});
