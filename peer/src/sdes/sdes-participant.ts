/** Someone in a direct `sdes` call whose media are SRTP over UDP, as native applications had them. */
import type { Participant, ServerEvent } from '@earshot/protocol';
import { CallMembership } from '../call/call-membership.ts';
import type { EncodedSpeech } from '../speech/encoded-speech.ts';
import { SdesEndpoint, type SdesEndpointOptions } from './sdes-endpoint.ts';

export interface SdesParticipantOptions extends SdesEndpointOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly name: string;
}

/** Takes part with the first other participant; who joined first offers. */
export class SdesParticipant {
  readonly self: Participant;
  readonly endpoint: SdesEndpoint;
  /** Resolves when keys are agreed on; rejects with what was wrong with the other side's description. */
  readonly agreed: Promise<unknown>;
  readonly #membership: CallMembership;
  readonly #agreement = Promise.withResolvers<undefined>();

  private constructor(membership: CallMembership, endpoint: SdesEndpoint) {
    this.#membership = membership;
    this.self = membership.self;
    this.endpoint = endpoint;
    this.agreed = this.#agreement.promise;
    // Whoever does not wait for it need not hear of it.
    this.agreed.catch(() => undefined);
    membership.listen((event) => {
      this.#receive(event);
    });
    const [first] = membership.joined.participants;
    if (first !== undefined) this.#greet(first);
  }

  /** @throws ProtocolError the server's refusal */
  static async join(options: SdesParticipantOptions): Promise<SdesParticipant> {
    const { serverUrl, callId, name } = options;
    const endpoint = await SdesEndpoint.open(options);
    try {
      const membership = await CallMembership.join({
        ...{ serverUrl, callId, name },
        ...{ mode: 'sdes', topology: 'direct', isMuted: false },
      });
      return new SdesParticipant(membership, endpoint);
    } catch (error) {
      await endpoint.close();
      throw error;
    }
  }

  /** @returns stops it; idempotent. See `SdesEndpoint.speak`. */
  speak(speech: EncodedSpeech): () => void {
    return this.endpoint.speak(speech);
  }

  /** Leaves the call. Idempotent. */
  async close(): Promise<void> {
    this.#agreement.reject(new Error('left before keys were agreed on'));
    await this.endpoint.close();
    this.#membership.close();
  }

  #receive(event: ServerEvent): void {
    if (event.name === 'participantJoined') {
      this.#greet(event.payload.participant);
    } else if (event.name === 'offer') {
      const { from, sdp } = event.payload;
      this.#step(async () => {
        const answer = this.endpoint.acceptOffer(sdp);
        await this.#membership.request('answer', { to: from, sdp: answer });
        this.#agreement.resolve(undefined);
      });
    } else if (event.name === 'answer') {
      const { sdp } = event.payload;
      try {
        this.endpoint.acceptAnswer(sdp);
        this.#agreement.resolve(undefined);
      } catch (error) {
        this.#agreement.reject(error);
      }
    }
  }

  /** Of two, the lower order offers; the other waits. */
  #greet({ id, order }: Participant): void {
    if (this.self.order > order) return;
    this.#step(async () => {
      await this.#membership.request('offer', { to: id, sdp: this.endpoint.offer() });
    });
  }

  #step(run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      this.#agreement.reject(error);
    });
  }
}
