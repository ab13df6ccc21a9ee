import { describe, expect, test } from 'vitest';
import { endReasons } from '../call/call-state.ts';
import { reasons } from './reasons.ts';

describe('reasons', () => {
  test('words every reason, and nothing else', () => {
    expect(Object.keys(reasons).toSorted()).toEqual([...endReasons].toSorted());
  });

  test.each(endReasons)('%s says what happened and what to do, in whole sentences', (reason) => {
    const { title, explanation, action } = reasons[reason];
    expect(title).toMatch(/^[A-Z].{8,60}[^.]$/);
    for (const text of [explanation, action]) expect(text).toMatch(/^[A-Z].{20,240}\.$/);
  });

  test.each(endReasons)('%s says it without codes', (reason) => {
    const { title, explanation, action } = reasons[reason];
    expect([title, explanation, action].join(' ')).not.toMatch(
      /[a-z]-[a-z]+-|undefined|null|ICE|DTLS|SFrame/,
    );
  });

  test.each(endReasons)('%s offers each button once', (reason) => {
    const { offers } = reasons[reason];
    expect(new Set(offers).size).toBe(offers.length);
  });

  test('says different things for different reasons', () => {
    const texts = Object.values(reasons);
    expect(new Set(texts.map(({ title }) => title)).size).toBe(texts.length);
    expect(new Set(texts.map(({ explanation }) => explanation)).size).toBe(texts.length);
  });

  test.each(['link-incomplete', 'mode-refused', 'codes-differ', 'unsealed-audio'] as const)(
    '%s does not invite to try the same link again',
    (reason) => {
      expect(reasons[reason].offers).toEqual(['new-call']);
    },
  );
});
