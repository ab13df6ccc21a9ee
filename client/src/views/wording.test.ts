import { rejections } from '@earshot/keying/errors';
import { describe, expect, test } from 'vitest';
import { keyingFailureWords, phaseWords, rejectionWords } from './wording.ts';

describe('wording', () => {
  test('words every reason for a dropped frame, each differently', () => {
    const words = rejections.map((reason) => rejectionWords[reason]);
    expect(words.every((text) => text.length > 5)).toBe(true);
    expect(new Set(words).size).toBe(rejections.length);
  });

  test('words known keying failures, and unknown ones generally', () => {
    expect(keyingFailureWords('handshake-confirmation')).toBe(
      'A key was changed on its way, or you two have different links, one of them perhaps without its secret.',
    );
    expect(keyingFailureWords('no-such-code')).toBe('The keys could not be agreed on.');
    // Not a property that every object has.
    expect(keyingFailureWords('toString')).toBe('The keys could not be agreed on.');
  });

  test('words phases', () => {
    expect(phaseWords({ kind: 'reconnecting', cause: 'media' })).toBe('Reconnecting');
    expect(phaseWords({ kind: 'waiting' })).toBe('Waiting');
  });
});
