import { Secret } from '@earshot/keying/secret';
import { cryptoSuites, keyAndSaltBytes, type CryptoSuite } from '@earshot/keying/sdes';
import { createSrtpReceiver, createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import type { RunTimes, Subject } from './subject.ts';

export function srtpSubjects(): Subject[] {
  return cryptoSuites.map((suite) => ({
    protocol: 'srtp',
    suite,
    implementation: 'product',
    run: (payloads) => run(suite, payloads),
  }));
}

/** The RTP packet around the payload is written in the timed part, as the product does it. */
function run(suite: CryptoSuite, payloads: readonly Uint8Array[]): RunTimes {
  const keyBytes = crypto.getRandomValues(new Uint8Array(keyAndSaltBytes(suite)));
  const keyAndSalt = Secret.take(keyBytes);
  const sender = createSrtpSender({ suite, key: { keyAndSalt } });
  const receiver = createSrtpReceiver({ suite, keys: [{ keyAndSalt }] });
  const packets: Uint8Array[] = [];
  let opened = 0;
  const startMs = performance.now();
  for (const [sequenceNumber, payload] of payloads.entries()) {
    const outcome = sender.protect(
      serializeRtpPacket({
        ...{ payloadType: 111, sequenceNumber, timestamp: 960 * sequenceNumber, ssrc: 1 },
        payload,
      }),
    );
    if (outcome.ok) packets.push(outcome.bytes);
  }
  const protectedMs = performance.now();
  for (const packet of packets) if (receiver.unprotect(packet).ok) opened++;
  const unprotectedMs = performance.now();
  if (opened !== payloads.length) throw new Error(`${opened} of ${payloads.length} packets opened`);
  return { protectMs: protectedMs - startMs, unprotectMs: unprotectedMs - protectedMs };
}
