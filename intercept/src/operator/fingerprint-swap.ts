/**
 * The man in the middle of a DTLS handshake: in the descriptions that the server relays it puts fingerprint, ICE
 * credentials and addresses of its own, one pair towards each of the two, and carries the media in between. Two
 * real DTLS-SRTP connections (RFC 5763 section 5: whoever controls signaling controls the fingerprints).
 */
import { addCryptoLines, takeCryptoLines } from '@earshot/keying/sdes';
import { readdressRtp } from '@earshot/peer/rtp-packet';
import { WebRtcEndpoint, type EndpointCandidate } from '@earshot/peer/webrtc-endpoint';
import type { ParticipantId } from '@earshot/protocol';
import { dissectRtp, type RtpPacket } from '../dissect/rtp.ts';
import type { ActiveRelay } from './active-relay.ts';
import type { RelayedMessage, RelayedRequest } from './relayed-message.ts';

export interface SwappedDescription {
  readonly verb: 'offer' | 'answer';
  /** As its sender gave it. */
  readonly before: string;
  /** As it was passed on. */
  readonly after: string;
}

export interface Victim {
  readonly id: ParticipantId;
  /** Without DTLS-SRTP. */
  readonly packets: readonly RtpPacket[];
}

/** Where the swap stands: a relay, or whoever decides what leaves it. */
type Place = Pick<ActiveRelay, 'inject' | 'setRewrite'>;
type Describing = Extract<RelayedRequest, { readonly verb: 'offer' | 'answer' }>;

/** One victim's half of the bridge. */
class Leg {
  readonly endpoint: WebRtcEndpoint;
  /** All that the victim sent, once DTLS-SRTP is off. */
  readonly packets: RtpPacket[] = [];
  readonly client: number;
  readonly victimId: ParticipantId;
  #other: Leg | undefined;
  #early: EndpointCandidate[] | undefined = [];

  constructor(relay: Place, victim: { readonly client: number; readonly id: ParticipantId }) {
    this.client = victim.client;
    this.victimId = victim.id;
    this.endpoint = new WebRtcEndpoint({
      direction: 'both',
      onCandidate: ({ candidate, mid }) => {
        const other = this.#other;
        if (other === undefined) return;
        const own = { candidate, sdpMid: mid, sdpMLineIndex: 0, usernameFragment: null };
        const payload = { from: other.victimId, candidate: own };
        relay.inject({ kind: 'event', client: this.client, name: 'candidate', payload });
      },
      onRtp: (packet) => {
        const dissected = dissectRtp(new Uint8Array(packet));
        if (dissected !== undefined) this.packets.push(dissected);
        const far = this.#other?.endpoint;
        far?.send(readdressRtp(packet, { ssrc: far.ssrc, payloadType: far.payloadType }));
      },
    });
  }

  bridgeTo(other: Leg): void {
    this.#other = other;
  }

  get other(): Leg {
    if (this.#other === undefined) throw new TypeError('one leg is no bridge');
    return this.#other;
  }

  addCandidate(candidate: EndpointCandidate): void {
    if (this.#early === undefined) this.endpoint.addCandidate(candidate);
    else this.#early.push(candidate);
  }

  /** The victim's description is there: candidates can be used from now on. */
  described(): void {
    for (const candidate of this.#early ?? []) this.endpoint.addCandidate(candidate);
    this.#early = undefined;
  }
}

/** Stands between the first two people who join through the relay. */
export class FingerprintSwap {
  /** In the order passed on. */
  readonly swapped: SwappedDescription[] = [];
  readonly #relay: Place;
  readonly #legs: Leg[] = [];
  readonly #isSwapping: boolean;
  /** The bridge's answer to who offered, until the other has answered too. */
  #answer: string | undefined;
  #failure: unknown;

  /** @param what  `watch`: stands there and changes nothing, which is the control. */
  constructor(relay: Place, what: 'swap' | 'watch') {
    this.#relay = relay;
    this.#isSwapping = what === 'swap';
    relay.setRewrite((message) => this.#rewrite(message));
  }

  /** The two, in the order in which they joined, and what they sent into the bridge so far. */
  get victims(): readonly Victim[] {
    return this.#legs.map(({ victimId, packets }) => ({ id: victimId, packets: [...packets] }));
  }

  /** Why the swap went wrong, if it did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#legs.map(({ endpoint }) => endpoint.close()));
  }

  #rewrite(message: RelayedMessage): readonly RelayedMessage[] {
    if (message.kind === 'answer' && message.verb === 'join') {
      this.#meet({ client: message.client, id: message.result.self.id });
    }
    const leg = this.#legs.find(({ client }) => client === message.client);
    if (message.kind !== 'request' || leg === undefined || !this.#isSwapping) return [message];
    if (message.verb === 'candidate') {
      const { candidate } = message.input;
      if (candidate !== null) {
        leg.addCandidate({ candidate: candidate.candidate, mid: candidate.sdpMid ?? '0' });
      }
      // Nobody else is to learn of it; the sender is told that all went well.
      return [{ kind: 'answer', client: message.client, verb: 'candidate', result: {} }];
    }
    if (message.verb !== 'offer' && message.verb !== 'answer') return [message];
    this.#swap(message, leg).catch((error: unknown) => {
      this.#failure ??= error;
    });
    return [];
  }

  #meet(victim: { readonly client: number; readonly id: ParticipantId }): void {
    if (this.#legs.length >= 2) return;
    const leg = new Leg(this.#relay, victim);
    this.#legs.push(leg);
    const [first, second] = this.#legs;
    if (first === undefined || second === undefined) return;
    first.bridgeTo(second);
    second.bridgeTo(first);
  }

  /** Passes the description on as the bridge's own. */
  async #swap(message: Describing, leg: Leg): Promise<void> {
    const before = message.input.sdp;
    // Of `sdes`: they are the people's own, and go on as they are.
    const { sdp, lines } = takeCryptoLines(before);
    const own = message.verb === 'offer' ? await this.#offer(leg, sdp) : this.#accept(leg, sdp);
    const after = lines.length === 0 ? own : addCryptoLines(own, lines);
    this.swapped.push({ verb: message.verb, before, after });
    this.#relay.inject({ ...message, input: { ...message.input, sdp: after } });
  }

  /** Answers who offers, and offers to the other. */
  async #offer(leg: Leg, sdp: string): Promise<string> {
    this.#answer = await leg.endpoint.acceptOffer(sdp);
    leg.described();
    return leg.other.endpoint.createOffer();
  }

  #accept(leg: Leg, sdp: string): string {
    leg.endpoint.acceptAnswer(sdp);
    leg.described();
    if (this.#answer === undefined) throw new TypeError('an answer without an offer');
    return this.#answer;
  }
}
