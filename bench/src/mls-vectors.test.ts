/** Whether the library that MLS is measured with computes what the standard's authors publish. */
import { bytesToHex, hexToBytes } from '@earshot/keying/bytes';
import { getCiphersuiteFromName, getCiphersuiteImpl } from 'ts-mls';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { decodeGroupContext } from 'ts-mls/groupContext.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { describe, expect, it } from 'vitest';
import vectors from './vectors/mls.json' with { type: 'json' };

const suite = await getCiphersuiteImpl(
  getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'),
);
const { hash, hpke, kdf, signature } = suite;
const hex = hexToBytes;

describe('crypto-basics of the MLS working group, ts-mls', () => {
  const known = vectors.cryptoBasics;

  it('hashes references (RFC 9420 section 5.2)', async () => {
    const { label, value, out } = known.ref_hash;
    expect(bytesToHex(await refhash(label, hex(value), hash))).toBe(out);
  });

  it('derives secrets (RFC 9420 sections 8 and 9)', async () => {
    const expanded = known.expand_with_label;
    const { label, length } = expanded;
    const context = hex(expanded.context);
    expect(
      bytesToHex(await expandWithLabel(hex(expanded.secret), label, context, length, kdf)),
    ).toBe(expanded.out);
    const derived = known.derive_secret;
    expect(bytesToHex(await deriveSecret(hex(derived.secret), derived.label, kdf))).toBe(
      derived.out,
    );
    const { secret, generation, ...tree } = known.derive_tree_secret;
    expect(
      bytesToHex(await deriveTreeSecret(hex(secret), tree.label, generation, tree.length, kdf)),
    ).toBe(tree.out);
  });

  it('signs (RFC 9420 section 5.1.2)', async () => {
    const { label, priv, pub, ...signed } = known.sign_with_label;
    const content = hex(signed.content);
    const made = await signWithLabel(hex(priv), label, content, signature);
    expect(bytesToHex(made)).toBe(signed.signature);
    const verify = (tag: Uint8Array): Promise<boolean> =>
      verifyWithLabel(hex(pub), label, content, tag, signature);
    expect(await verify(made)).toBe(true);
    expect(await verify(made.map((byte, i) => (i === 0 ? byte ^ 1 : byte)))).toBe(false);
  });

  it('opens what was encrypted (RFC 9420 section 5.1.3)', async () => {
    const { label, priv, context, plaintext, ...sealed } = known.encrypt_with_label;
    const key = await hpke.importPrivateKey(hex(priv));
    const [kemOutput, ciphertext] = [hex(sealed.kem_output), hex(sealed.ciphertext)];
    const opened = await decryptWithLabel(key, label, hex(context), kemOutput, ciphertext, hpke);
    expect(bytesToHex(opened)).toBe(plaintext);
  });
});

describe('key-schedule of the MLS working group, ts-mls', () => {
  it('goes through the epochs (RFC 9420 section 8)', async () => {
    let initSecret: Uint8Array = hex(vectors.keySchedule.initial_init_secret);
    for (const known of vectors.keySchedule.epochs) {
      const context = decodeGroupContext(hex(known.group_context), 0)?.[0];
      if (context === undefined) expect.fail('a group context that cannot be read');
      const [commitSecret, pskSecret] = [hex(known.commit_secret), hex(known.psk_secret)];
      const epoch = await initializeEpoch(initSecret, commitSecret, context, pskSecret, kdf);
      const { keySchedule } = epoch;
      const computed = {
        joiner_secret: epoch.joinerSecret,
        welcome_secret: epoch.welcomeSecret,
        encryption_secret: epoch.encryptionSecret,
        init_secret: keySchedule.initSecret,
        sender_data_secret: keySchedule.senderDataSecret,
        exporter_secret: keySchedule.exporterSecret,
        epoch_authenticator: keySchedule.epochAuthenticator,
        external_secret: keySchedule.externalSecret,
        confirmation_key: keySchedule.confirmationKey,
        membership_key: keySchedule.membershipKey,
        resumption_psk: keySchedule.resumptionPsk,
      };
      const published = new Map<string, string>(Object.entries(known));
      for (const [name, secret] of Object.entries(computed)) {
        expect([name, bytesToHex(secret)]).toEqual([name, published.get(name)]);
      }
      ({ initSecret } = keySchedule);
    }
  });
});
