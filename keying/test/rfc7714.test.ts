import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { Secret } from '../src/secret.ts';
import { AeadAesGcm } from '../src/srtp/cipher-aead-aes-gcm.ts';
import { createSrtcpReceiver } from '../src/srtp/index.ts';
import type { RtcpPosition } from '../src/srtp/packet-cipher.ts';
import { deriveSessionKeys } from '../src/srtp/key-derivation.ts';
import { packetIndex } from '../src/srtp/packet-index.ts';
import { parseRtcpSsrc, parseRtpHeader } from '../src/srtp/rtp-header.ts';
import { suiteRows } from '../src/sdes/index.ts';
import vectors from './vectors/rfc7714.json' with { type: 'json' };

const keys = { key128: vectors.key128, key256: vectors.key256 };

/** The RFC's examples give session keys, so that the cipher is addressed below the contexts. */
function cipherFor(name: string): AeadAesGcm {
  const hex = name === 'key128' ? keys.key128 : keys.key256;
  return new AeadAesGcm({
    keys: {
      encryptionKey: hexToBytes(hex),
      authenticationKey: new Uint8Array(),
      salt: hexToBytes(vectors.salt),
    },
    mki: new Uint8Array(),
  });
}

describe('section 16: SRTP', () => {
  it.each(vectors.srtp.sealed)('$section', ({ key, packet: sealed }) => {
    const packet = hexToBytes(vectors.srtp.packet);
    const header = parseRtpHeader(packet)!;
    expect(header.headerBytes).toBe(vectors.srtp.headerBytes);
    const index = packetIndex(vectors.srtp.rollOverCounter, header.sequenceNumber);
    const position = { ...header, index };
    expect(bytesToHex(cipherFor(key).sealRtp(packet, position))).toBe(sealed);
    const opened = cipherFor(key).openRtp(hexToBytes(sealed), position);
    expect(bytesToHex(opened!)).toBe(vectors.srtp.packet);
    const otherCounter = { ...position, index: position.index + 2 ** 16 };
    expect(cipherFor(key).openRtp(hexToBytes(sealed), otherCounter)).toBeUndefined();
  });
});

describe('section 17: SRTCP', () => {
  it.each(vectors.srtcp.sealed)('$section, $encryption', ({ key, encryption, packet: sealed }) => {
    const packet = hexToBytes(vectors.srtcp.packet);
    const position: RtcpPosition = {
      ssrc: parseRtcpSsrc(packet)!,
      index: vectors.srtcp.index,
      encryption: encryption === 'encrypted' ? 'encrypted' : 'unencrypted',
    };
    expect(bytesToHex(cipherFor(key).sealRtcp(packet, position))).toBe(sealed);
    const opened = cipherFor(key).openRtcp(hexToBytes(sealed), position);
    expect(bytesToHex(opened!)).toBe(vectors.srtcp.packet);
  });
});

describe('RFC 4568 section 6.3.2: unencrypted SRTCP', () => {
  it('is opened only where it was asked for', () => {
    const keyAndSalt = Uint8Array.from({ length: 28 }, (_, i) => i);
    const key = { keyAndSalt: Secret.copy(keyAndSalt) };
    const suite = 'AEAD_AES_128_GCM';
    const cipher = new AeadAesGcm({
      keys: deriveSessionKeys(suiteRows[suite], keyAndSalt, 'srtcp'),
      mki: new Uint8Array(),
    });
    const packet = hexToBytes(vectors.srtcp.packet);
    const position = { ssrc: parseRtcpSsrc(packet)!, index: 1, encryption: 'unencrypted' } as const;
    const sealed = cipher.sealRtcp(packet, position);
    expect(createSrtcpReceiver({ suite, keys: [key] }).unprotect(sealed)).toEqual({
      ok: false,
      reason: 'malformed',
    });
    const asked = createSrtcpReceiver({ suite, keys: [key], unencrypted: 'accept' });
    expect(asked.unprotect(sealed)).toEqual({ ok: true, bytes: packet });
  });
});
