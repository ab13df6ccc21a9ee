/** What an operator makes of one person's tapped media with everything it kept, whatever the mode. */
import type { KeyingMode } from '@earshot/keying/mode';
import type { RtpPacket } from '../dissect/rtp.ts';
import type { Pcm } from '../measure/pcm.ts';
import type { SignalingRecord } from '../tap/signaling-record.ts';
import { recoverAsOpus } from './audio.ts';
import { candidateKeys } from './candidate-keys.ts';
import { holdsKey, openWithAnyCryptoLine } from './inner-srtp.ts';
import { openSframe } from './sframe-open.ts';
import { trySframeKeys } from './sframe-trial.ts';

export interface TappedMedia {
  readonly callId: string;
  readonly senderId: string;
  readonly mode: KeyingMode;
  /** As forwarded, from the first packet on. */
  readonly packets: readonly RtpPacket[];
}

export interface RecoveredMedia {
  /** How the payloads that went to the decoder were opened. */
  readonly openedAs: 'srtp' | 'sframe' | 'nothing';
  /** Packets authentic under a key that was found. */
  readonly authentic: number;
  readonly keysTried: number;
  /** The line of the record that opened it, for `srtp`. */
  readonly line: string | undefined;
  /** 48 kHz. Of payloads that nothing opened too: that is what they sound like. */
  readonly pcm: Pcm;
}

/**
 * Tries the payloads as inner SRTP under every `a=crypto` line and as SFrame under every value of a key's
 * size in the record; what opens nothing is decoded as it is.
 */
export function recoverFromTap(
  media: TappedMedia,
  record: SignalingRecord,
): Promise<RecoveredMedia> {
  const ofRecord = recovered.get(record) ?? new Map<string, Promise<RecoveredMedia>>();
  recovered.set(record, ofRecord);
  const known = ofRecord.get(media.senderId) ?? recover(media, record);
  ofRecord.set(media.senderId, known);
  return known;
}

/** Several attacks ask for the same; tens of thousands of keys are tried once. */
const recovered = new WeakMap<SignalingRecord, Map<string, Promise<RecoveredMedia>>>();

async function recover(media: TappedMedia, record: SignalingRecord): Promise<RecoveredMedia> {
  const { packets } = media;
  const lines = record
    .keys()
    .map(({ line }) => line)
    .filter(holdsKey);
  const payloads = packets.map(({ payload }) => payload);
  const srtp = openWithAnyCryptoLine(payloads, lines);
  if (srtp.packets.length > 0) {
    return {
      openedAs: 'srtp',
      authentic: srtp.packets.length,
      keysTried: lines.length,
      line: srtp.line,
      pcm: (await recoverAsOpus(srtp.packets)).pcm,
    };
  }
  const sframe = await openWithAnyValue(media, record);
  const isOpened = sframe.packets.length > 0;
  return {
    openedAs: isOpened ? 'sframe' : 'nothing',
    authentic: sframe.packets.length,
    keysTried: lines.length + sframe.keysTried,
    line: undefined,
    pcm: (await recoverAsOpus(isOpened ? sframe.packets : packets)).pcm,
  };
}

/** A key is looked for with the first and the last packet: a sender may have changed it in between. */
async function openWithAnyValue(
  { callId, senderId, mode, packets }: TappedMedia,
  record: SignalingRecord,
): Promise<{ readonly packets: readonly RtpPacket[]; readonly keysTried: number }> {
  const origin = { callId, senderId, mode };
  const candidates = [...candidateKeys(record.messages)];
  const baseKeys: Uint8Array[] = [];
  for (const packet of [packets[0], packets.at(-1)]) {
    if (packet === undefined) continue;
    const { key } = await trySframeKeys({ frame: packet.payload, origin, candidates });
    if (key !== undefined) baseKeys.push(key);
  }
  const opened = openSframe({ packets, origin, baseKeys });
  return { packets: opened.packets, keysTried: candidates.length };
}
