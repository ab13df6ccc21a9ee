/** What the tests of `decrypt` share: calls made here, captures of them, and the command on top. */
import { toBase64 } from '@earshot/keying/bytes';
import { keyAndSaltBytes, type CryptoSuite } from '@earshot/keying/sdes';
import { Secret } from '@earshot/keying/secret';
import { createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runDecrypt } from '../src/decrypt/main.ts';
import type { DecryptReport } from '../src/decrypt/report.ts';
import { writePcap } from '../src/dissect/pcap.ts';

export const folder = mkdtempSync(join(tmpdir(), 'earshot-decrypt-'));
afterAll(() => rmSync(folder, { recursive: true }));

export async function decrypt(...args: string[]) {
  let out = '';
  let error = '';
  const code = await runDecrypt(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (error += text) },
  });
  return { code, out, error };
}

export async function report(...args: string[]): Promise<{ code: number; report: DecryptReport }> {
  const { code, out } = await decrypt(...args, '--json');
  return { code, report: JSON.parse(out) as DecryptReport };
}

let files = 0;
export function file(bytes: Uint8Array | string): string {
  const path = join(folder, `file-${++files}`);
  writeFileSync(path, bytes);
  return path;
}

export const there = {
  from: { address: '10.0.0.1', port: 4000 },
  to: { address: '10.0.0.2', port: 5000 },
};
export const back = { from: there.to, to: there.from };
export const inOrder = (payloads: readonly Uint8Array[], path = there) =>
  writePcap(payloads.map((payload, i) => ({ atUs: i * 20_000, ...path, payload })));

/** PCMU, 20 ms each; every payload is the code of one loudness. */
export function call(options: {
  suite?: CryptoSuite;
  ssrc?: number;
  count?: number;
  firstSequence?: number;
  roc?: number;
  mki?: Uint8Array;
}) {
  const suite = options.suite ?? 'AES_CM_128_HMAC_SHA1_80';
  const { ssrc = 7, count = 10, firstSequence = 0, roc = 0, mki } = options;
  const keyBytes = randomBytes(keyAndSaltBytes(suite));
  const keyAndSalt = Secret.copy(keyBytes);
  const key = { keyAndSalt, ...(mki === undefined ? {} : { mki }) };
  const sender = createSrtpSender({ suite, key, initialRoc: roc });
  const packets = Array.from({ length: count }, (_, i) => {
    const outcome = sender.protect(
      serializeRtpPacket({
        payloadType: 0,
        sequenceNumber: (firstSequence + i) % 2 ** 16,
        timestamp: 1000 + i * 160,
        ssrc,
        payload: new Uint8Array(160).fill(0x80),
      }),
    );
    if (!outcome.ok) throw new Error(outcome.reason);
    return outcome.bytes;
  });
  const base64 = toBase64(keyBytes);
  const mkiText = mki === undefined ? '' : `|${Buffer.from(mki).readUInt32BE()}:4`;
  const line = `a=crypto:1 ${suite} inline:${base64}${mkiText}`;
  return { packets, line, base64, suite, key };
}
