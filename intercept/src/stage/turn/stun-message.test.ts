import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStun, readXorAddress, writeStun, writeXorAddress } from './stun-message.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** RFC 5769 section 2.4: a Binding request under a long-term credential. */
const sample = hex(`
  00010060 2112a442 78ad3433c6ad72c029da412e
  00060012 e3839ee38388e383aae38383e382afe382b90000
  0015001c 662f2f3439396b39353464364f4c33346f4c39465354767936347341
  0014000b 6578616d706c652e6f726700
  00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666`);
const username = 'マトリックス';
const nonce = 'f//499k954d6OL34oL9FSTvy64sA';
const realm = 'example.org';

describe('writeStun', () => {
  it('signs as the sample of RFC 5769 is signed', () => {
    const attributes = [
      { type: 0x0006, value: Buffer.from(username) },
      { type: 0x0015, value: Buffer.from(nonce) },
      { type: 0x0014, value: Buffer.from(realm) },
    ];
    const transactionId = hex('78ad3433c6ad72c029da412e');
    const written = writeStun(
      { type: 0x0001, transactionId, attributes },
      { username, realm, password: 'TheMatrIX' },
    );
    expect(Buffer.from(written).toString('hex')).toBe(sample.toString('hex'));
  });
});

describe('readStun', () => {
  it('finds in the sample of RFC 5769 what was put into it', () => {
    const read = readStun(sample);
    expect(read?.type).toBe(1);
    expect(Buffer.from(read?.transactionId ?? []).toString('hex')).toBe('78ad3433c6ad72c029da412e');
    expect(
      read?.attributes.slice(0, 3).map(({ type, value }) => [type, Buffer.from(value).toString()]),
    ).toEqual([
      [0x0006, username],
      [0x0015, nonce],
      [0x0014, realm],
    ]);
    expect(read?.attributes[3]?.value).toHaveLength(20);
  });

  it('takes nothing that is cut off, longer than it says, or of another kind', () => {
    for (let length = 0; length < sample.length; length++) {
      expect(readStun(sample.subarray(0, length))).toBeUndefined();
    }
    expect(readStun(Buffer.concat([sample, Buffer.alloc(4)]))).toBeUndefined();
    const otherCookie = Buffer.from(sample);
    otherCookie.writeUInt32BE(0x2112a443, 4);
    expect(readStun(otherCookie)).toBeUndefined();
    const longAttribute = Buffer.from(sample);
    longAttribute.writeUInt16BE(0x7fff, 22);
    expect(readStun(longAttribute)).toBeUndefined();
  });

  it('reads nothing but what it was given, whatever that is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        const start = hex(`0017 0000 2112a442 ${randomBytes(12).toString('hex')}`);
        start.writeUInt16BE(body.length, 2);
        const read = readStun(Buffer.concat([start, body]));
        const bytes = (read?.attributes ?? []).reduce((sum, { value }) => sum + value.length, 0);
        expect(bytes).toBeLessThanOrEqual(body.length);
      }),
    );
  });
});

/** RFC 5769 section 2.2: 192.0.2.1, port 32853. */
const sampleAddress = hex('0001a147e112a643');

describe('an address under XOR', () => {
  it('is that of the sample of RFC 5769, both ways', () => {
    const endpoint = { address: '192.0.2.1', port: 32853 };
    expect(readXorAddress(sampleAddress)).toEqual(endpoint);
    expect(Buffer.from(writeXorAddress(endpoint)).toString('hex')).toBe('0001a147e112a643');
  });

  it('is not one in IPv6', () => {
    expect(readXorAddress(hex('0002a1470113a9faa5d3f179bc25f4b5bed2b9d9'))).toBeUndefined();
  });
});
