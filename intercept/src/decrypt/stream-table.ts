/**
 * Finds the streams of a capture: RTP and RTCP by path (addresses and ports) and SSRC. Bounded, because
 * noise looks like the first packet of a new stream each time: what is no stream yet makes room for
 * what comes next.
 */
import { endpointsOf, type UdpDatagram } from '../dissect/internet-layer.ts';
import { channelData, datagramKindOf, type DatagramKind } from './datagram-kind.ts';
import type { KeySearch } from './key-search.ts';
import { RtcpStream } from './rtcp-stream.ts';
import { RtpStream, type StreamEvents, type StreamIdentity } from './rtp-stream.ts';

const maxStreams = 1024;
const maxCandidates = 1024;

export interface StreamTableOptions {
  readonly search: KeySearch;
  /** Called for each stream once, before its first packet is opened; undefined: nobody listens. */
  readonly eventsFor: (identity: StreamIdentity) => StreamEvents | undefined;
}

export class StreamTable {
  readonly #options: StreamTableOptions;
  readonly #streams = new Map<string, RtpStream>();
  /** Not yet plausible; oldest first. */
  readonly #candidates = new Map<string, RtpStream>();
  readonly #rtcp = new Map<string, RtcpStream>();
  readonly #kinds: Record<DatagramKind, number> = {
    rtp: 0,
    rtcp: 0,
    stun: 0,
    dtls: 0,
    zrtp: 0,
    turnChannel: 0,
    other: 0,
  };
  #packetsBeyondBound = 0;

  constructor(options: StreamTableOptions) {
    this.#options = options;
  }

  add(datagram: UdpDatagram): void {
    const kind = datagramKindOf(datagram.payload);
    this.#kinds[kind]++;
    switch (kind) {
      case 'rtp':
        this.#addRtp(datagram);
        return;
      case 'rtcp':
        this.#addRtcp(datagram);
        return;
      case 'turnChannel':
        this.#addChannelData(datagram);
        return;
      case 'stun':
      case 'dtls':
      case 'zrtp':
      case 'other':
        return;
    }
  }

  /** Everything was read: decides what is still open. */
  finish(): void {
    for (const [key, candidate] of this.#candidates) {
      candidate.finish();
      if (candidate.isPlausible) this.#streams.set(key, candidate);
      else this.#setAside(candidate);
    }
    this.#candidates.clear();
    for (const stream of this.#streams.values()) stream.finish();
  }

  get streams(): readonly RtpStream[] {
    return [...this.#streams.values()];
  }

  get rtcpStreams(): readonly RtcpStream[] {
    return [...this.#rtcp.values()];
  }

  /** RTP and RTCP packets left out because there were more streams than are followed. */
  get packetsBeyondBound(): number {
    return this.#packetsBeyondBound;
  }

  /** Datagrams by kind. What a TURN channel carries counts as both. */
  get counts(): Readonly<Record<DatagramKind, number>> {
    return this.#kinds;
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.close();
    for (const stream of this.#candidates.values()) stream.close();
    for (const stream of this.#rtcp.values()) stream.close();
  }

  #addRtp(datagram: UdpDatagram): void {
    const key = streamKey(datagram, 8);
    const known = this.#streams.get(key);
    if (known !== undefined) {
      known.add(datagram.payload);
      return;
    }
    const candidate = this.#candidates.get(key) ?? this.#newCandidate(key, datagram);
    candidate.add(datagram.payload);
    if (!candidate.isPlausible) return;
    if (this.#streams.size >= maxStreams) {
      this.#packetsBeyondBound++;
      return;
    }
    this.#candidates.delete(key);
    this.#streams.set(key, candidate);
  }

  #newCandidate(key: string, datagram: UdpDatagram): RtpStream {
    const [oldest] = this.#candidates;
    if (oldest !== undefined && this.#candidates.size >= maxCandidates) {
      this.#candidates.delete(oldest[0]);
      this.#setAside(oldest[1]);
    }
    const identity = { path: endpointsOf(datagram), ssrc: datagram.payload.readUInt32BE(8) };
    const { search, eventsFor } = this.#options;
    const candidate = new RtpStream(identity, search, eventsFor(identity));
    this.#candidates.set(key, candidate);
    return candidate;
  }

  /** It only looked like RTP. */
  #setAside(candidate: RtpStream): void {
    this.#kinds.rtp -= candidate.packets;
    this.#kinds.other += candidate.packets;
    candidate.close();
  }

  #addRtcp(datagram: UdpDatagram): void {
    const key = streamKey(datagram, 4);
    let stream = this.#rtcp.get(key);
    if (stream === undefined) {
      if (this.#rtcp.size >= maxStreams) {
        this.#packetsBeyondBound++;
        return;
      }
      const identity = { path: endpointsOf(datagram), ssrc: datagram.payload.readUInt32BE(4) };
      stream = new RtcpStream(identity, this.#options.search);
      this.#rtcp.set(key, stream);
    }
    stream.add(datagram.payload);
  }

  #addChannelData(datagram: UdpDatagram): void {
    const payload = channelData(datagram.payload);
    if (payload === undefined) return;
    const kind = datagramKindOf(payload);
    if (kind !== 'rtp' && kind !== 'rtcp') return;
    this.#kinds[kind]++;
    if (kind === 'rtp') this.#addRtp({ ...datagram, payload });
    else this.#addRtcp({ ...datagram, payload });
  }
}

/** Bytes as text, since text is what maps find quickly. */
function streamKey({ addresses, ports, payload }: UdpDatagram, ssrcOffset: number): string {
  return (
    addresses.toString('latin1') +
    ports.toString('latin1') +
    payload.toString('latin1', ssrcOffset, ssrcOffset + 4)
  );
}
