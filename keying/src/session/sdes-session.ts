import { equalConstantTime } from '../bytes.ts';
import type { RandomBytes } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { FrameInfo, FrameOpener, FrameSealer } from '../frame-transform/frame-ports.ts';
import { Secret } from '../secret.ts';
import {
  acceptAnnouncement,
  acceptAnswer,
  acceptOffer,
  createOffer,
  cryptoSuites,
  keyAndSaltBytes,
  ownLine,
} from '../sdes/index.ts';
import type { CryptoSuite, RemoteKeys, SdesKey } from '../sdes/index.ts';
import {
  createSrtpReceiver,
  createSrtpSender,
  fixedHeaderBytes,
  parseRtpHeader,
  serializeRtpPacket,
} from '../srtp/index.ts';
import type { SrtpReceiver, SrtpSender } from '../srtp/index.ts';
import type { SdesSession } from './session-ports.ts';

/** Payload type of the inner RTP packets: dynamic (RFC 3551 section 6), as usual for Opus. */
export const innerPayloadType = 111;
/** RFC 4568 section 6.4: an initial sequence number below 2^15 keeps the roll-over counter certain. */
const initialSequenceNumbers = 2 ** 15;
/**
 * In a room people arrive when a sender's roll-over counter has left 0, which RFC 4568 has no way to
 * say. 256 values last for 93 hours at 50 frames per second.
 */
const rocCandidates = 256;

export interface SdesSessionOptions {
  readonly random: RandomBytes;
  /** Suites supported, most preferred first; default all, AES_CM_128_HMAC_SHA1_80 first. */
  readonly suites?: readonly CryptoSuite[];
}

/** @throws RangeError for an empty list of suites. */
export function createSdesSession(options: SdesSessionOptions): SdesSession {
  return new SdesSessionImplementation(options);
}

/** Frames that this side sends under one suite: each key with a sequence of its own. */
interface OwnStream {
  readonly sender: SrtpSender;
  nextSequenceNumber: number;
}

interface Peer {
  readonly keys: readonly SdesKey[];
  readonly suite: CryptoSuite;
  readonly receiver: SrtpReceiver;
}

class SdesSessionImplementation implements SdesSession {
  readonly sealer: FrameSealer;
  readonly #random: RandomBytes;
  /** One key per suite from the start; they live as long as the call, since lines may be asked for again. */
  readonly #ownKeys: ReadonlyMap<CryptoSuite, Secret>;
  readonly #firstSuite: CryptoSuite;
  readonly #ssrc: number;
  readonly #streams = new Map<CryptoSuite, OwnStream>();
  readonly #peers = new Map<string, Peer>();
  readonly #openers = new Map<string, FrameOpener>();
  /** Undefined until a line has been agreed on or announced: before that, nothing is sealed. */
  #sealing: OwnStream | undefined;

  constructor({ random, suites = cryptoSuites }: SdesSessionOptions) {
    const [first] = suites;
    if (first === undefined) throw new RangeError('no crypto suite');
    this.#firstSuite = first;
    this.#random = random;
    this.#ownKeys = new Map(
      suites.map((suite) => [suite, Secret.take(random(keyAndSaltBytes(suite)))]),
    );
    this.#ssrc = new DataView(new Uint8Array(random(4)).buffer).getUint32(0);
    this.sealer = { seal: (payload, info) => this.#seal(payload, info) };
  }

  openerFor(peerId: string): FrameOpener {
    const known = this.#openers.get(peerId);
    if (known !== undefined) return known;
    const opener: FrameOpener = { open: (frame) => this.#open(peerId, frame) };
    this.#openers.set(peerId, opener);
    return opener;
  }

  offerLines(): readonly string[] {
    return createOffer(this.#ownKeys);
  }

  acceptOffer(peerId: string, lines: readonly string[]): string {
    const { remote, answerLine } = acceptOffer(lines, this.#ownKeys);
    this.#setPeer(peerId, remote);
    this.#sealing = this.#streamFor(remote.suite);
    return answerLine;
  }

  acceptAnswer(peerId: string, lines: readonly string[]): void {
    const remote = acceptAnswer(lines, this.#ownKeys);
    this.#setPeer(peerId, remote);
    this.#sealing = this.#streamFor(remote.suite);
  }

  announceLine(): string {
    this.#sealing = this.#streamFor(this.#firstSuite);
    return ownLine({
      tag: 1,
      suite: this.#firstSuite,
      keyAndSalt: this.#ownKey(this.#firstSuite),
    });
  }

  acceptAnnouncement(peerId: string, line: string): void {
    this.#setPeer(peerId, acceptAnnouncement(line, this.#ownKeys));
  }

  removePeer(peerId: string): void {
    this.#forget(peerId);
    this.#openers.delete(peerId);
  }

  close(): void {
    this.#sealing = undefined;
    for (const { sender } of this.#streams.values()) sender.close();
    for (const peerId of [...this.#peers.keys()]) this.#forget(peerId);
    for (const secret of this.#ownKeys.values()) secret.wipe();
  }

  #seal(payload: Uint8Array, info: FrameInfo): Outcome {
    const stream = this.#sealing;
    if (stream === undefined) return { ok: false, reason: 'no-key' };
    const packet = serializeRtpPacket({
      payloadType: innerPayloadType,
      sequenceNumber: stream.nextSequenceNumber,
      timestamp: info.rtpTimestamp,
      ssrc: this.#ssrc,
      payload,
    });
    const sealed = stream.sender.protect(packet);
    if (sealed.ok) stream.nextSequenceNumber = (stream.nextSequenceNumber + 1) % 2 ** 16;
    return sealed;
  }

  #open(peerId: string, frame: Uint8Array): Outcome {
    const peer = this.#peers.get(peerId);
    if (peer === undefined) return { ok: false, reason: 'no-key' };
    const header = parseRtpHeader(frame);
    // Our senders write the plain 12-byte header; anything else is not a frame of this mode.
    if (header?.headerBytes !== fixedHeaderBytes || header.payloadType !== innerPayloadType) {
      return { ok: false, reason: 'malformed' };
    }
    const opened = peer.receiver.unprotect(frame);
    return opened.ok ? { ok: true, bytes: opened.bytes.subarray(fixedHeaderBytes) } : opened;
  }

  /** Keeps the receiver, and with it the replay window, if a repeated line holds the same keys. */
  #setPeer(peerId: string, remote: RemoteKeys): void {
    const known = this.#peers.get(peerId);
    if (known?.suite === remote.suite && haveSameKeys(known.keys, remote.keys)) {
      for (const { keyAndSalt } of remote.keys) keyAndSalt.wipe();
      return;
    }
    try {
      this.#requireNotAnothersKey(peerId, remote);
    } catch (error) {
      for (const { keyAndSalt } of remote.keys) keyAndSalt.wipe();
      throw error;
    }
    this.#forget(peerId);
    const { suite, keys } = remote;
    // One SSRC per sender: ours draws it once per session, with the keys.
    const receiver = createSrtpReceiver({ suite, keys, maxSsrcs: 1, rocCandidates });
    this.#peers.set(peerId, { suite, keys, receiver });
  }

  /** Or one participant could have another's frames taken for its own (RFC 4568 section 6.1). */
  #requireNotAnothersKey(peerId: string, remote: RemoteKeys): void {
    for (const [otherId, other] of this.#peers) {
      if (otherId === peerId) continue;
      if (remote.keys.some((key) => other.keys.some((theirs) => isSameKey(key, theirs)))) {
        throw new KeyingError('sdes-invalid', 'two participants announce one key');
      }
    }
  }

  #forget(peerId: string): void {
    const peer = this.#peers.get(peerId);
    if (peer === undefined) return;
    this.#peers.delete(peerId);
    peer.receiver.close();
    for (const { keyAndSalt } of peer.keys) keyAndSalt.wipe();
  }

  /** The same stream whenever a suite is chosen again: its sequence goes on under its key. */
  #streamFor(suite: CryptoSuite): OwnStream {
    const known = this.#streams.get(suite);
    if (known !== undefined) return known;
    const drawn = new DataView(new Uint8Array(this.#random(2)).buffer).getUint16(0);
    const stream: OwnStream = {
      sender: createSrtpSender({ suite, key: { keyAndSalt: this.#ownKey(suite) } }),
      nextSequenceNumber: drawn % initialSequenceNumbers,
    };
    this.#streams.set(suite, stream);
    return stream;
  }

  #ownKey(suite: CryptoSuite): Secret {
    const key = this.#ownKeys.get(suite);
    if (key === undefined) throw new TypeError(`no key for ${suite}`);
    return key;
  }
}

function haveSameKeys(a: readonly SdesKey[], b: readonly SdesKey[]): boolean {
  return a.length === b.length && a.every((key, i) => b[i] !== undefined && isSameKey(key, b[i]));
}

function isSameKey(a: SdesKey, b: SdesKey): boolean {
  return a.keyAndSalt.use((x) => b.keyAndSalt.use((y) => equalConstantTime(x, y)));
}
