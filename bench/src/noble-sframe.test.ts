import {
  frameSuites,
  frameSuiteTable,
  OpeningContext,
  parseHeader,
  SealingContext,
} from '@earshot/keying/sframe';
import { expect, test } from 'vitest';
import { NobleContext } from './noble-sframe.ts';

const ctrSuites = frameSuites.filter((suite) => frameSuiteTable[suite].aead === 'aes-ctr-hmac');

test.each(ctrSuites)('%s: each opens what the other seals', (suite) => {
  const key = {
    suite,
    kid: 8n,
    baseKey: new Uint8Array(32).fill(1),
    metadata: new Uint8Array(32).fill(2),
  };
  const [noble, sealing, opening] = [
    new NobleContext(key),
    new SealingContext(key),
    new OpeningContext(key),
  ];
  for (let length = 0; length < 300; length++) {
    const payload = new Uint8Array(length).fill(length);
    const sealed = noble.seal(payload);
    const header = parseHeader(sealed);
    if (header === undefined) throw new TypeError('no header');
    expect(opening.open(sealed, header)).toEqual({ ok: true, bytes: payload });
    const outcome = sealing.seal(payload);
    if (!outcome.ok) throw new TypeError(outcome.reason);
    expect(outcome.bytes).toEqual(sealed);
    expect(noble.open(outcome.bytes)).toEqual(payload);
  }
});
