/**
 * A native SDES endpoint: SRTP and SRTCP over a plain UDP socket, keys from `a=crypto` lines (RFC
 * 4568). No ICE and no DTLS: it sends to where the other side's description says, and takes packets
 * from wherever they come, if they prove authentic.
 */
import { createSocket, type Socket } from 'node:dgram';
import { FrameCounter, type FrameCounts } from '@earshot/keying/frame-transform';
import { addCryptoLines, takeCryptoLines, type CryptoSuite } from '@earshot/keying/sdes';
import { isRtcp } from '@earshot/keying/srtp';
import { serializeGoodbye, serializeSenderReport, type SenderReport } from '../rtp/rtcp-report.ts';
import { readRtp } from '../rtp/rtp-packet.ts';
import { RtpStream } from '../rtp/rtp-stream.ts';
import type { EncodedSpeech } from '../speech/encoded-speech.ts';
import { startFrameClock } from '../speech/frame-clock.ts';
import type { OpusFrame } from '../speech/pcm.ts';
import {
  readDescription,
  writeDescription,
  type AudioDescription,
  type UdpAddress,
} from './sdes-description.ts';
import { SdesKeys } from './sdes-keys.ts';

/** RFC 3551 section 6: dynamic; what an offer proposes. */
const offeredPayloadType = 111;
/** RFC 3550 section 6.2: at least 5 s between reports; the first one goes with the first packet. */
const framesPerReport = 250;

export interface SdesEndpointOptions {
  /** Offered and accepted, most preferred first; default all. */
  readonly suites?: readonly CryptoSuite[];
  /** IPv4 address of this host; default 127.0.0.1. */
  readonly address?: string;
  /** Each authentic frame, as it arrives. */
  readonly onFrame?: (frame: OpusFrame) => void;
}

/** Packets by verdict: `passed` are authentic, `dropped` by reason. Sent ones count as passed. */
export interface SdesCounts {
  readonly sentRtp: FrameCounts;
  readonly sentRtcp: FrameCounts;
  readonly receivedRtp: FrameCounts;
  readonly receivedRtcp: FrameCounts;
}

export class SdesEndpoint {
  /** Where it hears. */
  readonly address: UdpAddress;
  readonly #socket: Socket;
  readonly #keys: SdesKeys;
  readonly #onFrame: (frame: OpusFrame) => void;
  readonly #counters = {
    sentRtp: new FrameCounter(),
    sentRtcp: new FrameCounter(),
    receivedRtp: new FrameCounter(),
    receivedRtcp: new FrameCounter(),
  };
  #remote: AudioDescription | undefined;
  #stream: RtpStream | undefined;
  #stopSpeaking: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  private constructor(socket: Socket, { suites, onFrame }: SdesEndpointOptions) {
    const { address, port } = socket.address();
    this.address = { address, port };
    this.#socket = socket;
    this.#keys = new SdesKeys(suites);
    this.#onFrame = onFrame ?? (() => undefined);
    socket.on('message', (packet) => {
      this.#receive(packet);
    });
    // A closed port at the other end: the packets are lost, as on any network.
    socket.on('error', () => undefined);
  }

  /** Binds a free port. @throws Error if the address is not one of this host. */
  static async open(options: SdesEndpointOptions = {}): Promise<SdesEndpoint> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, options.address ?? '127.0.0.1', () => {
        socket.off('error', reject);
        resolve();
      });
    });
    return new SdesEndpoint(socket, options);
  }

  /** Agreed on; undefined before. */
  get suite(): CryptoSuite | undefined {
    return this.#keys.suite;
  }

  get counts(): SdesCounts {
    const { sentRtp, sentRtcp, receivedRtp, receivedRtcp } = this.#counters;
    return {
      sentRtp: sentRtp.counts,
      sentRtcp: sentRtcp.counts,
      receivedRtp: receivedRtp.counts,
      receivedRtcp: receivedRtcp.counts,
    };
  }

  /** A session description, with one `a=crypto` line per suite. */
  offer(): string {
    return addCryptoLines(this.#describe(offeredPayloadType), this.#keys.offerLines());
  }

  /**
   * @returns the answer, with its one `a=crypto` line.
   * @throws KeyingError `malformed`, `sdes-invalid` or `sdes-no-agreement`; nothing is sent then.
   */
  acceptOffer(sdp: string): string {
    const { remote, lines } = readKeyed(sdp);
    const line = this.#keys.acceptOffer(lines);
    this.#setRemote(remote);
    return addCryptoLines(this.#describe(remote.payloadType), [line]);
  }

  /** @throws KeyingError like `acceptOffer` */
  acceptAnswer(sdp: string): void {
    const { remote, lines } = readKeyed(sdp);
    this.#keys.acceptAnswer(lines);
    this.#setRemote(remote);
  }

  /**
   * Sends the speech in a loop, 50 packets a second, until stopped or closed; in place of an earlier one.
   * Before keys are agreed on, packets count as dropped.
   * @returns stops it; idempotent.
   */
  speak({ frames }: EncodedSpeech): () => void {
    this.#stopSpeaking?.();
    const stop = startFrameClock((index) => {
      const payload = frames[index % frames.length];
      if (payload !== undefined) this.#send(index, payload);
    });
    this.#stopSpeaking = stop;
    return stop;
  }

  /** Says BYE, wipes the keys, closes the socket. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopSpeaking?.();
    const report = this.#report();
    if (report !== undefined) {
      const bye = this.#keys.protectRtcp(serializeGoodbye(report));
      if (bye.ok) await this.#transmit(bye.bytes);
    }
    this.#keys.close();
    await new Promise<void>((resolve) => {
      this.#socket.close(resolve);
    });
  }

  #describe(payloadType: number): string {
    return writeDescription({ ...this.address, payloadType });
  }

  /** A repeated description may change the address; the stream's numbering goes on. */
  #setRemote(remote: AudioDescription): void {
    this.#remote = remote;
    this.#stream ??= new RtpStream({ payloadType: remote.payloadType });
  }

  #send(index: number, payload: Uint8Array): void {
    const stream = this.#stream;
    if (stream === undefined) {
      this.#counters.sentRtp.drop('no-key');
      return;
    }
    this.#sendCounted(this.#keys.protectRtp(stream.packet(index, payload)), this.#counters.sentRtp);
    if (index % framesPerReport !== 0) return;
    const report = this.#report();
    if (report === undefined) return;
    const protectedReport = this.#keys.protectRtcp(serializeSenderReport(report));
    this.#sendCounted(protectedReport, this.#counters.sentRtcp);
  }

  #sendCounted(outcome: ReturnType<SdesKeys['protectRtp']>, counter: FrameCounter): void {
    if (!outcome.ok) {
      counter.drop(outcome.reason);
      return;
    }
    counter.pass();
    void this.#transmit(outcome.bytes);
  }

  /** Resolves when the packet has gone, or could not. */
  #transmit(packet: Uint8Array): Promise<void> {
    const { address, port } = this.#remote ?? { address: '', port: 0 };
    if (port === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.send(packet, port, address, () => {
        resolve();
      });
    });
  }

  #report(): SenderReport | undefined {
    const stream = this.#stream;
    if (stream === undefined || stream.sent.packets === 0) return undefined;
    const cname = `${this.address.address}:${this.address.port}`;
    return { ssrc: stream.ssrc, cname, nowMs: Date.now(), sent: stream.sent };
  }

  #receive(packet: Uint8Array): void {
    const kind = isRtcp(packet) ? 'rtcp' : 'rtp';
    const counter = kind === 'rtcp' ? this.#counters.receivedRtcp : this.#counters.receivedRtp;
    const outcome =
      kind === 'rtcp' ? this.#keys.unprotectRtcp(packet) : this.#keys.unprotectRtp(packet);
    if (!outcome.ok) {
      counter.drop(outcome.reason);
      return;
    }
    counter.pass();
    const rtp = kind === 'rtp' ? readRtp(outcome.bytes) : undefined;
    if (rtp === undefined || rtp.payloadType !== this.#remote?.payloadType) return;
    this.#onFrame({ timestamp: rtp.timestamp, payload: rtp.payload });
  }
}

function readKeyed(sdp: string): {
  readonly remote: AudioDescription;
  readonly lines: readonly string[];
} {
  const { sdp: plainSdp, lines } = takeCryptoLines(sdp);
  return { remote: readDescription(plainSdp), lines };
}
