/** What somebody makes of captured SRTP with everything that the server kept, whatever the mode. */
import type { Datagram } from '../dissect/pcap.ts';
import { rtpStreamsOf, type RtpStream } from '../dissect/rtp-streams.ts';
import type { Pcm } from '../measure/pcm.ts';
import type { SignalingRecord } from '../tap/signaling-record.ts';
import { recoverAsOpus } from './audio.ts';
import { candidateKeys } from './candidate-keys.ts';
import { holdsKey, openWithAnyCryptoLine } from './inner-srtp.ts';
import { trySrtpKeys } from './srtp-trial.ts';

export interface RecoveredStream {
  readonly stream: RtpStream;
  /** Packets authentic under a key that was found. */
  readonly authentic: number;
  /** That key, as an `a=crypto` line. */
  readonly line: string | undefined;
  /** The participant whose key it is, if the record says so. */
  readonly senderId: string | undefined;
  /** 48 kHz. Of payloads that nothing opened too: that is what they sound like. */
  readonly pcm: Pcm;
}

export interface RecoveredWire {
  readonly streams: readonly RecoveredStream[];
  /** `a=crypto` lines that hold a key. */
  readonly lines: number;
  /** Keys tried beyond these lines. */
  readonly keysTried: number;
}

/**
 * Tries each stream under every `a=crypto` line in the record; where none opens it, under every value of a
 * key's size in it.
 */
export async function recoverFromWire(
  wire: readonly Datagram[],
  record: SignalingRecord,
): Promise<RecoveredWire> {
  const keys = record.keys().filter(({ line }) => holdsKey(line));
  const lines = keys.map(({ line }) => line);
  const streams: RecoveredStream[] = [];
  let keysTried = 0;
  for (const stream of rtpStreamsOf(wire)) {
    const packets = stream.packets.map(({ bytes }) => bytes);
    let opened = openWithAnyCryptoLine(packets, lines);
    if (opened.line === undefined) {
      const candidates = candidateKeys(record.messages);
      const trial = await trySrtpKeys({ packets: packets.slice(0, 1), candidates });
      keysTried += trial.tried;
      if (trial.line !== undefined) opened = openWithAnyCryptoLine(packets, [trial.line]);
    }
    const { line } = opened;
    const isOpened = opened.packets.length > 0;
    streams.push({
      stream,
      authentic: opened.packets.length,
      line,
      senderId: keys.find((key) => key.line === line)?.from,
      pcm: (await recoverAsOpus(isOpened ? opened.packets : stream.packets)).pcm,
    });
  }
  return { streams, lines: lines.length, keysTried };
}
