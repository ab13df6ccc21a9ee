/** SFrame (RFC 9605) by a receiver that decrypts and does not look at the tag. Insecure on purpose. */
import { createCipheriv } from 'node:crypto';
import type { FrameOpener } from '@earshot/keying/frame-transform';
import { defaultFrameSuite, frameSuiteTable, parseHeader } from '@earshot/keying/sframe';
import { deriveFrameKeys, ratchetBaseKey } from '@earshot/keying/sframe/key-schedule';
import { decodeKeyId } from '@earshot/keying/sframe';

/** @param baseKey of ratchet step 0, 32 bytes. */
export function uncheckedOpener(baseKey: Uint8Array): FrameOpener {
  const { tagBytes, encryptionKeyBytes } = frameSuiteTable[defaultFrameSuite];
  return {
    open(frame) {
      const header = parseHeader(frame);
      const id = header === undefined ? undefined : decodeKeyId(header.kid);
      if (header === undefined || id === undefined) return { ok: false, reason: 'malformed' };
      let stepKey = baseKey;
      for (let step = 0; step < id.step; step++)
        stepKey = ratchetBaseKey(defaultFrameSuite, stepKey);
      const { key, salt } = deriveFrameKeys(defaultFrameSuite, header.kid, stepKey);
      // Section 4.5.1: the initial counter block is nonce || 0.
      const block = Buffer.concat([salt, new Uint8Array(4)]);
      block.writeUInt32BE((block.readUInt32BE(8) ^ Number(header.counter)) >>> 0, 8);
      const cipher = createCipheriv('aes-128-ctr', key.subarray(0, encryptionKeyBytes), block);
      const end = Math.max(header.length, frame.length - tagBytes);
      return { ok: true, bytes: new Uint8Array(cipher.update(frame.subarray(header.length, end))) };
    },
  };
}
