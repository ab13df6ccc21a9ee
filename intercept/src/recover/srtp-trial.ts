/** Tries keys on captured SRTP (RFC 3711): is any packet authentic under any of them? */
import { toBase64 } from '@earshot/keying/bytes';
import { cryptoSuites, keyAndSaltBytes } from '@earshot/keying/sdes';
import { TimeSlice } from '../measure/time-slice.ts';
import { openWithCryptoLine } from './inner-srtp.ts';

export interface SrtpTrial {
  /** One SRTP packet each; a few suffice. */
  readonly packets: readonly Uint8Array[];
  /** Master key followed by master salt. */
  readonly candidates: Iterable<Uint8Array>;
}

export interface SrtpTrialResult {
  readonly tried: number;
  /** As an `a=crypto` line (RFC 4568), the first key under which a packet is authentic. */
  readonly line: string | undefined;
}

/** Each candidate under each suite whose keys have its length. */
export async function trySrtpKeys({ packets, candidates }: SrtpTrial): Promise<SrtpTrialResult> {
  const slice = new TimeSlice();
  let tried = 0;
  for (const candidate of candidates) {
    await slice.pause();
    for (const line of linesOf(candidate)) {
      tried++;
      if (openWithCryptoLine(packets, line).packets.length > 0) return { tried, line };
    }
  }
  return { tried, line: undefined };
}

function linesOf(candidate: Uint8Array): string[] {
  return cryptoSuites
    .filter((suite) => keyAndSaltBytes(suite) === candidate.length)
    .map((suite) => `a=crypto:1 ${suite} inline:${toBase64(candidate)}`);
}
