/** What somebody hears who has a capture of the network and the memory of the media server. */
import type { Datagram } from '../dissect/pcap.ts';
import { rtpStreamsOf, type RtpStream } from '../dissect/rtp-streams.ts';
import type { RtpPacket } from '../dissect/rtp.ts';
import { openGcmWithKey } from './gcm-with-key.ts';

export interface OpenedStream {
  readonly stream: RtpStream;
  /** The authentic packets, in clear; none if no key is this stream's. */
  readonly opened: readonly RtpPacket[];
  readonly key: Uint8Array | undefined;
}

/** Every stream of the capture with every key; a stream has one. */
export function openWithAesKeys(
  wire: readonly Datagram[],
  keys: readonly Uint8Array[],
): OpenedStream[] {
  return rtpStreamsOf(wire).map((stream) => {
    for (const key of keys) {
      const opened = openGcmWithKey(stream.packets, key);
      if (opened.length > 0) return { stream, opened, key };
    }
    return { stream, opened: [], key: undefined };
  });
}

/** Those that people send to the media server: to the address to which most streams go. */
export function uplinksOf(opened: readonly OpenedStream[]): OpenedStream[] {
  const byTarget = Map.groupBy(opened, ({ stream }) => {
    const { address, port } = stream.datagrams[0]?.to ?? { address: '', port: 0 };
    return `${address}:${String(port)}`;
  });
  return [...byTarget.values()].reduce<OpenedStream[]>(
    (most, streams) => (streams.length > most.length ? streams : most),
    [],
  );
}
