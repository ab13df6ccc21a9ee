/** ML-KEM-768 against another implementation: the engine's own WebCrypto, where it has it. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { handshakeSizes } from '../src/handshake/messages.ts';
import { seededRandom } from './seeded-random.ts';

const random = seededRandom(203);

describe('FIPS 203, ML-KEM-768', () => {
  it('has the sizes of table 3', () => {
    const { publicKey } = ml_kem768.keygen(random(64));
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, random(32));
    expect(publicKey).toHaveLength(handshakeSizes.kemKey);
    expect(cipherText).toHaveLength(handshakeSizes.kemCiphertext);
    expect(sharedSecret).toHaveLength(32);
  });

  it('gives another secret for a changed ciphertext (6.3, implicit rejection)', () => {
    const { publicKey, secretKey } = ml_kem768.keygen(random(64));
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, random(32));
    expect(ml_kem768.decapsulate(cipherText, secretKey)).toEqual(sharedSecret);
    const changed = cipherText.map((byte, i) => (i === 500 ? byte ^ 1 : byte));
    expect(ml_kem768.decapsulate(changed, secretKey)).not.toEqual(sharedSecret);
  });

  it('refuses a key that fails the modulus check (7.2)', () => {
    const key = new Uint8Array(handshakeSizes.kemKey).fill(0xff);
    expect(() => ml_kem768.encapsulate(key, random(32))).toThrow();
  });

  it('agrees with WebCrypto in both directions', async ({ skip }) => {
    const engine = webCryptoKem();
    if (engine === undefined) {
      skip('no ML-KEM-768 in this engine');
      return;
    }
    const seed = random(64);
    const own = ml_kem768.keygen(seed);
    const theirs = await engine.importSeed(seed);
    expect(await engine.publicKeyOf(theirs)).toEqual(own.publicKey);
    const sealedByEngine = await engine.encapsulate(theirs);
    expect(ml_kem768.decapsulate(sealedByEngine.ciphertext, own.secretKey)).toEqual(
      sealedByEngine.secret,
    );
    const sealedHere = ml_kem768.encapsulate(own.publicKey, random(32));
    expect(await engine.decapsulate(theirs, sealedHere.cipherText)).toEqual(
      sealedHere.sharedSecret,
    );
  });
});

interface KemPair {
  readonly privateKey: unknown;
  readonly publicKey: unknown;
}

interface KemEngine {
  importSeed(seed: Uint8Array): Promise<KemPair>;
  publicKeyOf(pair: KemPair): Promise<Uint8Array>;
  encapsulate(pair: KemPair): Promise<{ ciphertext: Uint8Array; secret: Uint8Array }>;
  decapsulate(pair: KemPair, ciphertext: Uint8Array): Promise<Uint8Array>;
}

/** Modern Algorithms in WebCrypto (WICG draft); no type library has it yet. */
interface ModernSubtle {
  importKey(format: string, key: Uint8Array, ...rest: unknown[]): Promise<unknown>;
  getPublicKey(key: unknown, usages: string[]): Promise<unknown>;
  exportKey(format: string, key: unknown): Promise<ArrayBuffer>;
  encapsulateBits(
    name: string,
    key: unknown,
  ): Promise<{ ciphertext: ArrayBuffer; sharedKey: ArrayBuffer }>;
  decapsulateBits(name: string, key: unknown, ciphertext: Uint8Array): Promise<ArrayBuffer>;
}

function webCryptoKem(): KemEngine | undefined {
  const subtle = (globalThis as unknown as { crypto: { subtle: ModernSubtle } }).crypto.subtle;
  if (!('encapsulateBits' in subtle)) return undefined;
  const name = 'ML-KEM-768';
  return {
    async importSeed(seed) {
      const usages = ['decapsulateBits'];
      const privateKey = await subtle.importKey('raw-seed', seed, { name }, true, usages);
      return { privateKey, publicKey: await subtle.getPublicKey(privateKey, ['encapsulateBits']) };
    },
    async publicKeyOf({ publicKey }) {
      return new Uint8Array(await subtle.exportKey('raw-public', publicKey));
    },
    async encapsulate({ publicKey }) {
      const { ciphertext, sharedKey } = await subtle.encapsulateBits(name, publicKey);
      return { ciphertext: new Uint8Array(ciphertext), secret: new Uint8Array(sharedKey) };
    },
    async decapsulate({ privateKey }, ciphertext) {
      return new Uint8Array(await subtle.decapsulateBits(name, privateKey, ciphertext));
    },
  };
}
