import { createCipheriv, randomBytes } from 'node:crypto';
import { Secret } from '@earshot/keying/secret';
import { createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import { describe, expect, it } from 'vitest';
import { dissectAll, type RtpPacket } from '../dissect/rtp.ts';
import { openGcmWithKey } from './gcm-with-key.ts';

const said = Array.from({ length: 5 }, (_, i) => `frame ${String(i)}`);

describe.each([
  { suite: 'AEAD_AES_128_GCM', keyBytes: 16 },
  { suite: 'AEAD_AES_256_GCM', keyBytes: 32 },
] as const)('$suite', ({ suite, keyBytes }) => {
  const masterKey = randomBytes(keyBytes);
  const masterSalt = randomBytes(12);

  it('opens every packet with the session key alone', () => {
    const opened = openGcmWithKey(sealed(), sessionKey());
    expect(opened.map(({ payload }) => Buffer.from(payload).toString())).toEqual(said);
  });

  it('opens none with another key, nor a changed packet', () => {
    expect(openGcmWithKey(sealed(), randomBytes(keyBytes))).toEqual([]);
    const changed = sealed();
    // The first sealed byte, to what it is not.
    const bytes = changed[2]?.bytes ?? new Uint8Array();
    bytes[12] = (bytes[12] ?? 0) ^ 1;
    expect(openGcmWithKey(changed, sessionKey())).toHaveLength(said.length - 1);
  });

  /** RFC 3711 section 4.3.1 with label 0; RFC 7714 section 11: the salt is filled up with zeros. */
  function sessionKey(): Uint8Array {
    const start = Buffer.concat([masterSalt, Buffer.alloc(4)]);
    const cipher = createCipheriv(
      keyBytes === 32 ? 'aes-256-ctr' : 'aes-128-ctr',
      masterKey,
      start,
    );
    return cipher.update(Buffer.alloc(keyBytes));
  }

  function sealed(): RtpPacket[] {
    const keyAndSalt = Secret.take(new Uint8Array(Buffer.concat([masterKey, masterSalt])));
    const sender = createSrtpSender({ suite, key: { keyAndSalt } });
    const packets = said.map((text, i) => {
      const outcome = sender.protect(
        serializeRtpPacket({
          payloadType: 111,
          sequenceNumber: 40 + i,
          timestamp: 960 * i,
          ssrc: 0xcafe_f00d,
          payload: Buffer.from(text),
        }),
      );
      return outcome.ok ? new Uint8Array(outcome.bytes) : new Uint8Array();
    });
    return dissectAll(packets);
  }
});
