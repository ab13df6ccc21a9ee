import type { PacketCipherFactory } from '@earshot/keying/srtp';
import { NativeAead } from './native-aead.ts';
import { NativeAesCm } from './native-aes-cm.ts';

/** The transform of a suite on Node's native cryptography. */
export const createNativePacketCipher: PacketCipherFactory = (options) => {
  switch (options.row.cipher) {
    case 'aes-cm-hmac-sha1':
      return new NativeAesCm(options);
    case 'aead-aes-gcm':
      return new NativeAead(options);
  }
};
