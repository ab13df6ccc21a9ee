import { bytesToHex, toBase64, toBase64Url } from '@earshot/keying/bytes';
import { defaultFrameSuite, frameMetadata, SealingContext } from '@earshot/keying/sframe';
import { describe, expect, it } from 'vitest';
import { candidateKeys, keySizes } from './candidate-keys.ts';
import { trySframeKeys } from './sframe-trial.ts';

const origin = { callId: 'call', senderId: 'alice', mode: 'e2ee' } as const;
const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256);

describe('the search for keys in a record', () => {
  // The control: were a key in the record, in whatever form, the search would find it.
  const before = Uint8Array.of(1, 2, 3);
  const inEnvelope = Buffer.concat([before, key, Buffer.alloc(200, 9)]);
  it.each([
    ['hexadecimal', bytesToHex(key)],
    ['hexadecimal with colons', bytesToHex(key).replace(/..(?=.)/g, '$&:')],
    ['base64', toBase64(key)],
    ['base64url in a link', `https://host/#k=${toBase64Url(key)}&m=e2ee`],
    ['base64 at any place in an envelope', toBase64(new Uint8Array(inEnvelope))],
    ['base64 behind other letters', `kid${toBase64(key)}`],
  ])('finds a key in %s', async (_name, text) => {
    const result = await trySframeKeys({
      frame: sealedFrame(),
      origin,
      candidates: candidateKeys([{ payload: { data: text } }]),
    });
    expect(bytesToHex(result.key ?? new Uint8Array())).toBe(bytesToHex(key));
  });

  it('finds none where there is none', async () => {
    const other = key.map((byte) => byte ^ 1);
    const candidates = [...candidateKeys({ data: toBase64(other), text: 'x'.repeat(32) })];
    expect(candidates.map(({ length }) => length).every((size) => isKeySize(size))).toBe(true);
    expect(candidates.map((candidate) => Buffer.from(candidate).toString())).toContain(
      'x'.repeat(32),
    );
    expect(await trySframeKeys({ frame: sealedFrame(), origin, candidates })).toEqual({
      tried: candidates.length,
      key: undefined,
    });
  });
});

function isKeySize(size: number): boolean {
  return keySizes.some((known) => known === size);
}

function sealedFrame(): Uint8Array {
  const context = new SealingContext({
    suite: defaultFrameSuite,
    kid: 0n,
    baseKey: key,
    metadata: frameMetadata(origin),
  });
  const sealed = context.seal(Uint8Array.of(0xf8, 0xff, 0xfe));
  if (!sealed.ok) throw new Error(sealed.reason);
  return sealed.bytes;
}
