/**
 * Writes a capture of one SRTP call, of any length, for the rate of `decrypt` to be measured on:
 *
 *     node intercept/test/decrypt-generator.ts FILE PACKETS SUITE     prints the arguments that open it
 */
import { toBase64 } from '@earshot/keying/bytes';
import { findSuite, keyAndSaltBytes, type CryptoSuite } from '@earshot/keying/sdes';
import { Secret } from '@earshot/keying/secret';
import { createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { createNativePacketCipher } from '../src/decrypt/srtp/native-packet-cipher.ts';
import { writePcap } from '../src/dissect/pcap.ts';

export interface GeneratedCall {
  readonly suite: CryptoSuite;
  readonly packets: number;
  readonly keyAndSalt: Uint8Array;
  /** As many senders, each with its own SSRC and port. */
  readonly senders: number;
}

/** 20 ms of PCMU: the usual packet of a telephone, and larger than the usual one of Opus. */
const payloadBytes = 160;
const pcapHeaderBytes = 24;
const packetsAtOnce = 10_000;

export function writeGeneratedCall(path: string, call: GeneratedCall): void {
  const { suite, packets, senders } = call;
  const sender = createSrtpSender({
    suite,
    key: { keyAndSalt: Secret.copy(call.keyAndSalt) },
    maxSsrcs: senders,
    createCipher: createNativePacketCipher,
  });
  const payload = randomBytes(payloadBytes);
  const file = openSync(path, 'w');
  for (let first = 0; first < packets; first += packetsAtOnce) {
    const count = Math.min(packetsAtOnce, packets - first);
    const datagrams = Array.from({ length: count }, (_, i) => {
      const number = first + i;
      const turn = Math.floor(number / senders);
      const from = number % senders;
      const rtp = serializeRtpPacket({
        payloadType: 0,
        sequenceNumber: turn % 2 ** 16,
        timestamp: (turn * payloadBytes) % 2 ** 32,
        ssrc: 0x1000_0000 + from,
        payload,
      });
      const srtp = sender.protect(rtp);
      if (!srtp.ok) throw new Error(srtp.reason);
      return {
        atUs: turn * 20_000 + from,
        from: { address: '10.0.0.1', port: 20_000 + 2 * from },
        to: { address: '10.0.0.2', port: 30_000 },
        payload: srtp.bytes,
      };
    });
    writeSync(file, writePcap(datagrams).subarray(first === 0 ? 0 : pcapHeaderBytes));
  }
  closeSync(file);
  sender.close();
}

if (import.meta.main) {
  const [path = '', packets = '', suiteName = ''] = argv.slice(2);
  const suite = findSuite(suiteName) ?? 'AES_CM_128_HMAC_SHA1_80';
  const keyAndSalt = randomBytes(keyAndSaltBytes(suite));
  writeGeneratedCall(path, { suite, packets: Number(packets), keyAndSalt, senders: 4 });
  stdout.write(`${path} --suite ${suite} --key ${toBase64(keyAndSalt)}\n`);
}
