import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import type { Outcome } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';
import { findSuite } from '../src/sdes/index.ts';
import {
  createSrtcpReceiver,
  createSrtcpSender,
  createSrtpReceiver,
  createSrtpSender,
} from '../src/srtp/index.ts';
import vectors from './vectors/libsrtp.json' with { type: 'json' };

interface KnownPacket {
  readonly name: string;
  readonly suite: string;
  readonly keyAndSalt: string;
  readonly mki?: string;
  readonly rtp: string;
  readonly srtp: string;
  readonly rtcp: string;
  readonly srtcp: string;
}
const packets: readonly KnownPacket[] = vectors.packets;

function hexOf(outcome: Outcome): string {
  return outcome.ok ? bytesToHex(outcome.bytes) : outcome.reason;
}

describe.each(packets)('libsrtp $name', (known) => {
  const suite = findSuite(known.suite)!;
  const key = {
    keyAndSalt: Secret.take(hexToBytes(known.keyAndSalt)),
    ...(known.mki === undefined ? {} : { mki: hexToBytes(known.mki) }),
  };

  it('SRTP, both ways', () => {
    const sealed = createSrtpSender({ suite, key }).protect(hexToBytes(known.rtp));
    expect(hexOf(sealed)).toBe(known.srtp);
    const opened = createSrtpReceiver({ suite, keys: [key] }).unprotect(hexToBytes(known.srtp));
    expect(hexOf(opened)).toBe(known.rtp);
  });

  it('SRTCP, both ways', () => {
    const sender = createSrtcpSender({ suite, key, initialIndex: vectors.srtcpIndex });
    expect(hexOf(sender.protect(hexToBytes(known.rtcp)))).toBe(known.srtcp);
    const opened = createSrtcpReceiver({ suite, keys: [key] }).unprotect(hexToBytes(known.srtcp));
    expect(hexOf(opened)).toBe(known.rtcp);
  });
});
