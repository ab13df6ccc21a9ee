/** A call between two browsers of the last generation that spoke SDES: their own offers, over our signaling. */
import { setTimeout as pause } from 'node:timers/promises';
import { CallMembership } from '@earshot/peer/call-membership';
import { createCall } from '@earshot/peer/create-call';
import type { ParticipantId, ServerEvent } from '@earshot/protocol';
import type { Datagram } from '../../dissect/pcap.ts';
import { SignalingRecord } from '../../tap/signaling-record.ts';
import type { Speaker } from '../speech.ts';
import type { Stack } from '../stack.ts';
import { openTappedPath } from '../tapped-path.ts';
import { SdesBrowser, type GatheredCandidate, type Reception } from './sdes-browser.ts';

export interface SdesBrowserPerson {
  readonly id: string;
  readonly speaker: Speaker;
  readonly otherSpeaker: Speaker;
  /** What their browser got of the other. */
  readonly reception: Reception;
}

export interface SdesBrowserCall {
  /** Alice, who offered, and bob. */
  readonly people: readonly [SdesBrowserPerson, SdesBrowserPerson];
  readonly wire: readonly Datagram[];
  readonly record: SignalingRecord;
}

/** 50 a second. */
const enoughPackets = 300;
const pollMs = 200;
const timeoutMs = 120_000;

/** @throws Chromium92Unavailable; Error if the two do not hear each other in time. */
export async function placeSdesBrowserCall(stack: Stack): Promise<SdesBrowserCall> {
  await using opened = new AsyncDisposableStack();
  const path = await openTappedPath({ serverUrl: stack.url });
  opened.defer(() => path.close());
  const serverUrl = path.url;
  const callId = await createCall({ serverUrl, mode: 'sdes', topology: 'direct' });
  const alice = await SdesBrowserCaller.join({ serverUrl, callId, speaker: 'alice' });
  opened.defer(() => alice.close());
  const bob = await SdesBrowserCaller.join({ serverUrl, callId, speaker: 'bob' });
  opened.defer(() => bob.close());
  const [byAlice, byBob] = await Promise.all([alice.hasHeard(), bob.hasHeard()]);
  await Promise.all([alice.close(), bob.close()]);
  path.cut();
  return {
    people: [
      { id: alice.id, speaker: 'alice', otherSpeaker: 'bob', reception: byAlice },
      { id: bob.id, speaker: 'bob', otherSpeaker: 'alice', reception: byBob },
    ],
    wire: path.wire,
    record: await SignalingRecord.fetch(stack.operatorUrl, callId),
  };
}

/** Carries what the browser says into the call, and back. */
class SdesBrowserCaller {
  readonly id: string;
  readonly #membership: CallMembership;
  readonly #browser: SdesBrowser;
  readonly #gathered: GatheredCandidate[];
  readonly #early: GatheredCandidate[] = [];
  #otherId: ParticipantId | undefined;
  #isDescribed = false;
  #failure: unknown;
  /** One step after the other, in the order in which they came. */
  #queue: Promise<void> = Promise.resolve();

  private constructor(parts: {
    readonly membership: CallMembership;
    readonly browser: SdesBrowser;
    readonly gathered: GatheredCandidate[];
  }) {
    this.#membership = parts.membership;
    this.#browser = parts.browser;
    this.#gathered = parts.gathered;
    this.id = parts.membership.self.id;
    this.#otherId = parts.membership.joined.participants[0]?.id;
    parts.membership.listen((event) => {
      this.#receive(event);
    });
  }

  static async join(options: {
    readonly serverUrl: string;
    readonly callId: string;
    readonly speaker: Speaker;
  }): Promise<SdesBrowserCaller> {
    const { serverUrl, callId, speaker } = options;
    const gathered: GatheredCandidate[] = [];
    let onCandidate = (candidate: GatheredCandidate): void => void gathered.push(candidate);
    const browser = await SdesBrowser.launch({
      speaker,
      onCandidate: (candidate) => {
        onCandidate(candidate);
      },
    });
    try {
      const membership = await CallMembership.join({
        ...{ serverUrl, callId, name: speaker },
        ...{ mode: 'sdes', topology: 'direct', isMuted: false },
      });
      const caller = new SdesBrowserCaller({ membership, browser, gathered });
      onCandidate = (candidate) => {
        gathered.push(candidate);
        caller.#step(() => caller.#sendCandidates());
      };
      return caller;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Resolves when some seconds of the other have been received and played. */
  async hasHeard(): Promise<Reception> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      if (this.#failure !== undefined) {
        throw new Error('the call did not come about', { cause: this.#failure });
      }
      const reception = await this.#browser.received();
      if (reception.packets >= enoughPackets && reception.energy > 0) return reception;
      if (Date.now() > deadline) {
        throw new Error(`only ${String(reception.packets)} packets were received`);
      }
      await pause(pollMs);
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#browser.close();
    this.#membership.close();
  }

  #receive(event: ServerEvent): void {
    if (event.name === 'participantJoined') {
      const { id } = event.payload.participant;
      this.#otherId = id;
      this.#step(async () => {
        await this.#membership.request('offer', { to: id, sdp: await this.#browser.offer() });
        await this.#sendCandidates();
      });
    } else if (event.name === 'offer') {
      const { from, sdp } = event.payload;
      this.#step(async () => {
        const answer = await this.#browser.acceptOffer(sdp);
        await this.#membership.request('answer', { to: from, sdp: answer });
        await this.#sendCandidates();
        await this.#addEarly();
      });
    } else if (event.name === 'answer') {
      const { sdp } = event.payload;
      this.#step(async () => {
        await this.#browser.acceptAnswer(sdp);
        await this.#addEarly();
      });
    } else if (event.name === 'candidate') {
      const { candidate } = event.payload;
      if (candidate === null) return;
      this.#early.push(candidate);
      this.#step(() => (this.#isDescribed ? this.#addEarly() : Promise.resolve()));
    }
  }

  async #sendCandidates(): Promise<void> {
    const to = this.#otherId;
    if (to === undefined) return;
    for (const candidate of this.#gathered.splice(0)) {
      const input = { to, candidate: { ...candidate, usernameFragment: null } };
      await this.#membership.request('candidate', input);
    }
  }

  async #addEarly(): Promise<void> {
    this.#isDescribed = true;
    for (const candidate of this.#early.splice(0)) await this.#browser.addCandidate(candidate);
  }

  #step(run: () => Promise<void>): void {
    this.#queue = this.#queue.then(run).catch((error: unknown) => {
      this.#failure ??= error;
    });
  }
}
