/** An Ed25519 identity (RFC 8032) that lives as long as the process. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { Identity } from '@earshot/keying/session';

export function createIdentity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const signingKey = createPrivateKey({ key: privateKey, type: 'pkcs8', format: 'der' });
  return {
    // RFC 8410 section 4: the 32 bytes of the key end the structure.
    publicKey: new Uint8Array(publicKey.subarray(-32)),
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, signingKey))),
  };
}
