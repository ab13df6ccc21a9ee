import { randomBytes } from 'node:crypto';
import { shortAuthenticationString } from '@earshot/keying/handshake/short-authentication-string';
import { describe, expect, it } from 'vitest';
import { searchEqualEmoji, type Candidates } from './sas-search.ts';

describe('the search for equal safety codes', () => {
  it('finds parts for which both people are shown the same emoji', async () => {
    const [first, second] = [drawn(), drawn()];
    const { parts, tried } = await searchEqualEmoji(first, second);
    expect(tried).toBeLessThan(2 ** 17);
    expect(emoji(parts![0], first)).toBe(emoji(parts![1], second));
  });

  it('gives up at the limit', async () => {
    expect(await searchEqualEmoji(drawn(), drawn(), 2)).toEqual({
      parts: undefined,
      tried: 2,
    });
  });
});

function drawn(): Candidates {
  const draw = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  return { dhPartInitiator: draw(150), dhPartResponder: draw(1400) };
}

/** What the product shows. */
function emoji(dhPartInitiator: Uint8Array, { dhPartResponder }: Candidates): string {
  const { emoji: shown } = shortAuthenticationString({ dhPartInitiator, dhPartResponder });
  return shown.map(({ symbol }) => symbol).join(' ');
}
