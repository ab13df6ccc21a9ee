import { participant } from '@earshot/protocol';
import { describe, expect, test } from 'vitest';
import { initialCallState, reduceCall } from '../call/call-reducer.ts';
import type { CallState, LinkSecretState, PeerKeying } from '../call/call-state.ts';
import type { Trust } from '../identity/trust.ts';
import { hearingOf, notVerified, proofOfCall, proofOfLink } from './hearing.ts';

const code = { emoji: [], words: [] };
const verified: Trust = { kind: 'verified', verifiedAtMs: 1, knownAs: 'A' };
const unverified: Trust = { kind: 'unverified', metAtMs: undefined };
const changed: Trust = {
  kind: 'changed',
  earlier: { name: 'A', by: 'name', lastMetAtMs: 1, verifiedAtMs: 1 },
};

function callWith(linkSecret: LinkSecretState, ...keyings: PeerKeying[]): CallState {
  const participants = keyings.map((_, order) => {
    const id = String.fromCharCode(65 + order).repeat(22);
    return participant.parse({ id, name: `p${order}`, order, isMuted: false, isConnected: true });
  });
  const kind = { mode: 'e2ee', topology: 'room', linkSecret } as const;
  const joined = reduceCall(initialCallState(kind), {
    ...{ kind: 'joined', participants, isLab: false, atMs: 1 },
  });
  return { ...joined, people: joined.people.map((one, i) => ({ ...one, keying: keyings[i]! })) };
}

describe('a link with its secret', () => {
  test('proves that nobody is in between, whoever is there', () => {
    expect(proofOfLink('whole')).toBe('proven');
    expect(proofOfCall(callWith('whole', { kind: 'secure', code, trust: unverified }))).toBe(
      'proven',
    );
  });
});

describe('a link without its secret', () => {
  test('proves nothing before everyone is verified', () => {
    const secure = { kind: 'secure', code } as const;
    expect(proofOfLink('missing')).toBe('unproven');
    const cases: readonly (readonly PeerKeying[])[] = [
      [],
      [{ kind: 'agreeing' }],
      [{ ...secure, trust: unverified }],
      [{ ...secure, trust: changed }],
      [{ kind: 'held', code, trust: changed }],
      [
        { ...secure, trust: verified },
        { ...secure, trust: unverified },
      ],
      [{ ...secure, trust: verified }, { kind: 'agreeing' }],
    ];
    for (const keyings of cases) {
      expect(proofOfCall(callWith('missing', ...keyings))).toBe('unproven');
    }
    const all = callWith('missing', { ...secure, trust: verified }, { ...secure, trust: verified });
    expect(proofOfCall(all)).toBe('proven');
  });

  test('lets the server hear by changing what it relays, and says so', () => {
    const kind = { mode: 'e2ee', topology: 'direct' } as const;
    expect(hearingOf({ ...kind, proof: 'unproven' })).toMatchObject({ serverHears: 'active' });
    expect(hearingOf({ ...kind, proof: 'unproven' }).statement).toMatch(/compare safety codes/);
    expect(hearingOf({ ...kind, proof: 'proven' })).toEqual({
      serverHears: 'never',
      statement: 'Only the people in the call.',
    });
  });
});

test('other modes are what they are, with any link', () => {
  const kind = { mode: 'dtls', topology: 'room' } as const;
  expect(proofOfLink('unused')).toBe('proven');
  expect(hearingOf({ ...kind, proof: 'unproven' }).serverHears).toBe('always');
});

test('lists who is to be verified: not those without a code, nor the verified', () => {
  const { people } = callWith(
    'whole',
    { kind: 'secure', code, trust: verified },
    { kind: 'secure', code, trust: unverified },
    { kind: 'held', code, trust: changed },
    { kind: 'agreeing' },
    { kind: 'failed', code: 'malformed' },
  );
  expect(notVerified(people).map(({ name }) => name)).toEqual(['p1', 'p2']);
});
