import { describe, expect, test } from 'vitest';
import type { EarlierContact, Trust } from '../identity/trust.ts';
import { heldWords, trustWords } from './trust-words.ts';

/** Noon, so that the day is the same in every time zone. */
const day = Date.UTC(2026, 2, 14, 12);
const earlier: EarlierContact = { name: 'Ana', by: 'name', lastMetAtMs: day, verifiedAtMs: day };
const first: Trust = { kind: 'unverified', metAtMs: undefined };
const known: Trust = { kind: 'unverified', metAtMs: day };
const verified: Trust = { kind: 'verified', verifiedAtMs: day, knownAs: 'Ana' };
const changed: Trust = { kind: 'changed', earlier };

describe('trustWords', () => {
  test('tells never verified, verified and changed apart by sign, word and tone', () => {
    const shown = [first, verified, changed].map((trust) => trustWords(trust, 'Ana'));
    for (const part of ['tone', 'icon', 'word', 'explanation'] as const) {
      expect(new Set(shown.map((words) => words[part])).size).toBe(3);
    }
  });

  test('says since when', () => {
    expect(trustWords(first, 'Ana').explanation).toBe('You meet this key for the first time.');
    expect(trustWords(known, 'Ana').explanation).toBe(
      'Same key as on 14 Mar 2026, never compared.',
    );
    expect(trustWords(verified, 'Ana').explanation).toBe('You compared codes on 14 Mar 2026.');
    expect(trustWords(changed, 'Ana').explanation).toBe('On 14 Mar 2026 Ana had another key.');
  });

  test('names a verified contact by the name it was met under', () => {
    expect(trustWords(verified, 'Ana').word).toBe('Verified');
    expect(trustWords(verified, 'Anita').word).toBe('Verified as Ana');
  });
});

test('heldWords says who they seem to be, and why', () => {
  expect(heldWords(earlier, 'Ana').title).toBe('Someone who says they are Ana uses a new key');
  expect(heldWords({ ...earlier, by: 'call' }, 'Bo').title).toBe(
    'Bo is in the place of Ana, with a new key',
  );
  expect(heldWords(earlier, 'Ana').story).toContain('You verified Ana on 14 Mar 2026.');
});
