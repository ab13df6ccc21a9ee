import { describe, expect, it } from 'vitest';
import { serializeGoodbye, serializeSenderReport } from './rtcp-report.ts';

const sent = { packets: 3, octets: 240, timestamp: 0x0102_0304 };
const ssrc = 0xdead_beef;

describe('a sender report', () => {
  it('is laid out as RFC 3550 sections 6.4.1 and 6.5 draw it', () => {
    // Half a second past 1970-01-01: NTP 2,208,988,800 s = 0x83aa7e80.
    const bytes = serializeSenderReport({ ssrc, cname: 'ab', nowMs: 500, sent });
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '80c80006deadbeef' +
        '83aa7e8080000000' +
        '010203040000000300' +
        '0000f0' +
        '81ca0003deadbeef' +
        '0102616200000000',
    );
  });

  it.each(['', 'a', 'ab', 'abc', 'abcd', '127.0.0.1:50000'])(
    'ends the name %j with a null byte, on a 32-bit boundary',
    (cname) => {
      const bytes = serializeSenderReport({ ssrc, cname, nowMs: 0, sent });
      const description = bytes.subarray(28);
      expect(description.length % 4).toBe(0);
      expect(description.length / 4 - 1).toBe(Buffer.from(description).readUInt16BE(2));
      expect(description.at(-1)).toBe(0);
      expect(Buffer.from(description).toString('latin1', 10, 10 + cname.length)).toBe(cname);
    },
  );
});

it('a goodbye ends the compound', () => {
  const bytes = serializeGoodbye({ ssrc, cname: 'ab', nowMs: 0, sent });
  expect(Buffer.from(bytes.subarray(-8)).toString('hex')).toBe('81cb0001deadbeef');
});
