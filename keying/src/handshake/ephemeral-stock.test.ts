import { x25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { bytesOf, holdSameKeys, isAgreement, runHandshake } from '../../test/handshakes.ts';
import { seededRandom } from '../../test/seeded-random.ts';
import { EphemeralStock } from './ephemeral-stock.ts';

describe('EphemeralStock', () => {
  it('gives out each pair once, drawn ahead or not', () => {
    const stock = new EphemeralStock(seededRandom(1));
    stock.refill();
    const publicKeys = [
      stock.takeX25519(),
      stock.takeX25519(),
      stock.takeKem(),
      stock.takeKem(),
    ].map(({ publicKey }) => publicKey.join());
    expect(new Set(publicKeys).size).toBe(4);
  });

  it('gives out halves that belong together', () => {
    const stock = new EphemeralStock(seededRandom(2));
    stock.refill();
    const { secretKey, publicKey } = stock.takeX25519();
    expect(x25519.getPublicKey(bytesOf(secretKey))).toEqual(publicKey);
    const kem = stock.takeKem();
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(kem.publicKey);
    expect(ml_kem768.decapsulate(cipherText, bytesOf(kem.secretKey))).toEqual(sharedSecret);
  });

  it('draws no more and keeps nothing once closed', () => {
    let drawn = 0;
    const seeded = seededRandom(3);
    const values: Uint8Array[] = [];
    const stock = new EphemeralStock((length) => {
      drawn++;
      const value = seeded(length);
      values.push(value);
      return value;
    });
    stock.refill();
    expect(drawn).toBe(2);
    stock.close();
    stock.refill();
    expect(drawn).toBe(2);
    // The X25519 secret is the drawn value itself, the KEM's seed was wiped when it had served.
    expect(values.every((value) => value.every((byte) => byte === 0))).toBe(true);
  });

  it('serves both sides of a handshake', async () => {
    const stocks = [new EphemeralStock(seededRandom(4)), new EphemeralStock(seededRandom(5))];
    for (const stock of stocks) stock.refill();
    const { initiator, responder } = await runHandshake({
      initiator: { ephemerals: stocks[0] },
      responder: { ephemerals: stocks[1] },
    });
    if (!isAgreement(initiator) || !isAgreement(responder)) throw new Error('no agreement');
    expect(holdSameKeys(initiator, responder)).toBe(true);
  });
});
