import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contact, Encounter } from './contact.ts';
import { mustHold, trustIn } from './trust.ts';

const met: Contact = {
  key: 'ana-laptop',
  names: ['Ana'],
  firstMetAtMs: 1000,
  lastMetAtMs: 2000,
  verifiedAtMs: undefined,
  acceptedBeside: [],
  directCallId: 'first-call',
};
const verified: Contact = { ...met, verifiedAtMs: 1500 };

function encounter(changed: Partial<Encounter>): Encounter {
  return { key: 'ana-laptop', name: 'Ana', callId: 'next-call', topology: 'room', ...changed };
}
const newKey = encounter({ key: 'other-key' });
const earlier = { name: 'Ana', by: 'name', lastMetAtMs: 2000 } as const;

describe('a key never met', () => {
  it('is unverified, and met for the first time', () => {
    const expected = { kind: 'unverified', metAtMs: undefined };
    expect(trustIn([], newKey)).toEqual(expected);
    expect(trustIn([verified], encounter({ key: 'other-key', name: 'Bo' }))).toEqual(expected);
  });

  it('under the name of somebody met is changed, and stops nothing', () => {
    const trust = trustIn([met], newKey);
    expect(trust).toEqual({ kind: 'changed', earlier: { ...earlier, verifiedAtMs: undefined } });
    expect(mustHold(trust)).toBe(false);
  });

  it('under the name of somebody verified is changed, and held', () => {
    const trust = trustIn([verified], newKey);
    expect(trust).toEqual({ kind: 'changed', earlier: { ...earlier, verifiedAtMs: 1500 } });
    expect(mustHold(trust)).toBe(true);
  });

  it('in the direct call where somebody was met is changed, whatever its name', () => {
    const inTheirPlace = { key: 'other-key', name: 'Bo', callId: 'first-call' };
    expect(trustIn([verified], encounter({ ...inTheirPlace, topology: 'direct' }))).toEqual({
      kind: 'changed',
      earlier: { ...earlier, by: 'call', verifiedAtMs: 1500 },
    });
    expect(trustIn([verified], encounter(inTheirPlace)).kind).toBe('unverified');
  });

  it('is compared with the verified one of two namesakes', () => {
    const trust = trustIn([{ ...met, key: 'namesake' }, verified], newKey);
    expect(mustHold(trust)).toBe(true);
  });
});

describe('a key met before', () => {
  it('is unverified since then, or verified', () => {
    expect(trustIn([met], encounter({}))).toEqual({ kind: 'unverified', metAtMs: 1000 });
    expect(trustIn([verified], encounter({}))).toEqual({
      kind: 'verified',
      verifiedAtMs: 1500,
      knownAs: 'Ana',
    });
  });

  it('is verified under another name too, and known by the old one', () => {
    expect(trustIn([verified], encounter({ name: 'Anita' }))).toMatchObject({ knownAs: 'Ana' });
  });

  it('is held when it takes the name of somebody verified', () => {
    const mallory: Contact = { ...met, key: 'mallory', names: ['Mallory'] };
    const asAna = encounter({ key: 'mallory' });
    expect(mustHold(trustIn([verified, mallory], asAna))).toBe(true);
    // Nor does it help to be verified oneself, or to have had the name before it was verified.
    expect(mustHold(trustIn([verified, { ...mallory, verifiedAtMs: 1800 }], asAna))).toBe(true);
    expect(mustHold(trustIn([verified, { ...mallory, names: ['Ana'] }], asAna))).toBe(true);
  });

  it('that was accepted beside a verified one is itself: unverified, held no more', () => {
    const phone: Contact = { ...met, key: 'other-key', acceptedBeside: ['ana-laptop'] };
    expect(trustIn([verified, phone], newKey)).toEqual({ kind: 'unverified', metAtMs: 1000 });
  });

  it('that was verified under the same name is a second device, or a second Ana', () => {
    const phone: Contact = { ...verified, key: 'other-key' };
    expect(trustIn([verified, phone], newKey).kind).toBe('verified');
  });

  it('keeps an unverified name that it had already', () => {
    const namesake: Contact = { ...met, key: 'other-key', firstMetAtMs: 1200 };
    expect(trustIn([met, namesake], newKey)).toEqual({ kind: 'unverified', metAtMs: 1200 });
  });
});

it('shows no key as verified that was not, whatever the contacts are', () => {
  const keys = fc.constantFrom('a', 'b', 'c', 'd');
  const names = fc.constantFrom('Ana', 'ana ', 'Bo');
  const times = fc.option(fc.nat(), { nil: undefined });
  const contact = fc.record({
    key: keys,
    names: fc.tuple(names),
    firstMetAtMs: fc.nat(),
    lastMetAtMs: fc.nat(),
    verifiedAtMs: times,
    acceptedBeside: fc.uniqueArray(keys),
    directCallId: fc.constantFrom('x', 'y', undefined),
  });
  const contacts = fc.uniqueArray(contact, { selector: ({ key }) => key });
  const encounters = fc.record({
    key: keys,
    name: names,
    callId: fc.constantFrom('x', 'y'),
    topology: fc.constantFrom('direct' as const, 'room' as const),
  });
  fc.assert(
    fc.property(contacts, encounters, (known, somebody) => {
      const own = known.find(({ key }) => key === somebody.key);
      const trust = trustIn(known, somebody);
      if (trust.kind === 'verified') expect(own?.verifiedAtMs).toBe(trust.verifiedAtMs);
      // And nobody never met passes for a verified contact's name.
      const isNamesake = known.some(
        ({ names: [name], verifiedAtMs }) =>
          verifiedAtMs !== undefined &&
          name.trim().toLowerCase() === somebody.name.trim().toLowerCase(),
      );
      if (own === undefined && isNamesake) expect(mustHold(trust)).toBe(true);
    }),
  );
});
