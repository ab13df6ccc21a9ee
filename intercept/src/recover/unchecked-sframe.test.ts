import {
  defaultFrameSuite,
  encodeKeyId,
  frameMetadata,
  SealingContext,
} from '@earshot/keying/sframe';
import { describe, expect, test } from 'vitest';
import { uncheckedOpener } from './unchecked-sframe.ts';

const baseKey = Uint8Array.from({ length: 32 }, (_, i) => (i * 29 + 3) % 256);
const plaintext = Uint8Array.from({ length: 80 }, (_, i) => i);
const kid = encodeKeyId({ generation: 0, step: 0 });

function sealed(): Uint8Array {
  const context = new SealingContext({
    ...{ suite: defaultFrameSuite, kid, baseKey },
    metadata: frameMetadata({ callId: 'call', senderId: 'alice', mode: 'e2ee' }),
  });
  const outcome = context.seal(plaintext);
  return outcome.ok ? outcome.bytes : expect.fail(outcome.reason);
}

describe('a receiver that does not look at the tag', () => {
  test('opens what was sealed', () => {
    expect(uncheckedOpener(baseKey).open(sealed())).toEqual({ ok: true, bytes: plaintext });
  });

  test('opens what was changed on its way, with the change in it', () => {
    const frame = sealed();
    const place = frame.length - 30;
    frame[place] = (frame[place] ?? 0) ^ 1;
    const outcome = uncheckedOpener(baseKey).open(frame);
    const bytes = outcome.ok ? outcome.bytes : expect.fail(outcome.reason);
    const changed = [...bytes.keys()].filter((i) => bytes[i] !== plaintext[i]);
    expect(changed).toHaveLength(1);
  });

  test('does not open with another key, nor what has no header', () => {
    const outcome = uncheckedOpener(baseKey.map((byte) => byte ^ 1)).open(sealed());
    expect(outcome).not.toEqual({ ok: true, bytes: plaintext });
    expect(uncheckedOpener(baseKey).open(new Uint8Array(0))).toEqual({
      ok: false,
      reason: 'malformed',
    });
  });
});
