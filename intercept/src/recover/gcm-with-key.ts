/**
 * SRTP under AES-GCM (RFC 7714) with the session key alone. The session salt, which is half of the nonce, need not be
 * known: the tag is GHASH + E(nonce || 1), so that one packet gives it away.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { dissectRtp, type RtpPacket } from '../dissect/rtp.ts';

const tagBytes = 16;
const nonceBytes = 12;
/** NIST SP 800-38D section 7.1: the counter of the block that masks the tag. */
const firstCounter = 1;

/**
 * @param packets  SRTP of one SSRC, in the order sent; the roll-over counter is taken to be 0
 * @param key  16 or 32 bytes
 * @returns those that are authentic, with their payload in clear
 */
export function openGcmWithKey(packets: readonly RtpPacket[], key: Uint8Array): RtpPacket[] {
  const [first] = packets;
  const salt = first === undefined ? undefined : saltFrom(first, key);
  if (salt === undefined) return [];
  return packets.flatMap((packet) => openPacket(packet, { key, salt }) ?? []);
}

/** Undefined if the key is not this packet's: one in 2^32 keys passes by accident. */
function saltFrom({ header, bytes }: RtpPacket, key: Uint8Array): Uint8Array | undefined {
  const sealedEnd = bytes.length - tagBytes;
  const aad = bytes.subarray(0, header.headerBytes);
  const sum = ghashOf(key, { aad, ciphertext: bytes.subarray(header.headerBytes, sealedEnd) });
  const mask = xor(sum, bytes.subarray(sealedEnd));
  const counterBlock = Buffer.from(blockCipher(key, 'decrypt')(mask));
  if (counterBlock.readUInt32BE(nonceBytes) !== firstCounter) return undefined;
  return xor(counterBlock.subarray(0, nonceBytes), positionOf({ header }));
}

/** By native code, for thousands of keys: the tag under a nonce of zeros, without the mask of that nonce. */
function ghashOf(
  key: Uint8Array,
  { aad, ciphertext }: { readonly aad: Uint8Array; readonly ciphertext: Uint8Array },
): Uint8Array {
  const nonce = Buffer.alloc(nonceBytes);
  const keystream = createCipheriv(gcmOf(key), key, nonce).update(Buffer.alloc(ciphertext.length));
  const cipher = createCipheriv(gcmOf(key), key, nonce);
  cipher.setAAD(aad);
  cipher.update(xor(keystream, ciphertext));
  cipher.final();
  const counterBlock = Buffer.alloc(tagBytes);
  counterBlock.writeUInt32BE(firstCounter, nonceBytes);
  return xor(cipher.getAuthTag(), blockCipher(key, 'encrypt')(counterBlock));
}

function gcmOf(key: Uint8Array): 'aes-256-gcm' | 'aes-128-gcm' {
  return key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
}

function openPacket(
  packet: RtpPacket,
  { key, salt }: { readonly key: Uint8Array; readonly salt: Uint8Array },
): RtpPacket | undefined {
  const { header, bytes } = packet;
  const clear = bytes.subarray(0, header.headerBytes);
  const decipher = createDecipheriv(gcmOf(key), key, xor(salt, positionOf(packet)));
  decipher.setAAD(clear);
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const payload = decipher.update(bytes.subarray(header.headerBytes, bytes.length - tagBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return dissectRtp(new Uint8Array(Buffer.concat([clear, payload])));
}

/** RFC 7714 section 8.1: two zero bytes, SSRC, roll-over counter, sequence number; to be added to the salt. */
function positionOf({ header }: Pick<RtpPacket, 'header'>): Buffer {
  const position = Buffer.alloc(nonceBytes);
  position.writeUInt32BE(header.ssrc, 2);
  position.writeUInt16BE(header.sequenceNumber, nonceBytes - 2);
  return position;
}

function blockCipher(
  key: Uint8Array,
  direction: 'encrypt' | 'decrypt',
): (block: Uint8Array) => Uint8Array {
  const algorithm = key.length === 32 ? 'aes-256-ecb' : 'aes-128-ecb';
  return (block) => {
    const cipher =
      direction === 'encrypt'
        ? createCipheriv(algorithm, key, null)
        : createDecipheriv(algorithm, key, null);
    cipher.setAutoPadding(false);
    return cipher.update(block);
  };
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}
