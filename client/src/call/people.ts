/** The other people of a call: who comes near, who is met, whose keys hold, who may be heard, and who went. */
import type { EventPayload, Participant, ParticipantId, Peer } from '@earshot/protocol';
import type { AudioOutput } from './audio-output.ts';
import type { Invite } from './call-api.ts';
import type { PeerKeying } from './call-state.ts';
import type { CallStore } from './call-store.ts';
import { FirstAudio } from './first-audio.ts';
import type { KeyWorker } from './key-worker.ts';
import { KeyingDeadlines } from './keying-deadlines.ts';
import type { CallMedia } from './media-port.ts';

/** How long a failed handshake may take to be reported after the other side left over it. */
const verdictMs = 1000;

/**
 * Handshakes with those who were never met, in one call. The server decides whom it announces, nobody sees them, and
 * with both sides of a call it could compare the codes of all that it has: 16 on each side give 2^8 of 2^24. With
 * whoever comes near after them keys are agreed on when they are met, in sight.
 */
const unmetAtMost = 16;
/** More than any call holds, in it and before it: a server that announces more is not believed. */
const peersAtMost = 256;

type PairKeys = Pick<KeyWorker, 'addPeer' | 'meetPeer' | 'removePeer' | 'receive'>;

export interface PeopleOptions {
  readonly invite: Pick<Invite, 'mode' | 'topology'>;
  readonly store: CallStore;
  readonly audio: Pick<AudioOutput, 'play' | 'stop'>;
  readonly keys: PairKeys | undefined;
  /** Undefined until the call is joined. */
  readonly media: () => Pick<CallMedia, 'addPerson' | 'removePerson'> | undefined;
}

export class People {
  readonly #options: PeopleOptions;
  readonly #firstAudio = new FirstAudio();
  readonly #deadlines: KeyingDeadlines;
  /** Beside those in the call, those on the other side of the lobby's door. */
  readonly #peers = new Map<string, ParticipantId>();
  /** Agreed with unseen, whether they are still near or went. */
  readonly #unmet = new Set<string>();

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#deadlines = new KeyingDeadlines({
      isReachable: (personId) => {
        const { store } = this.#options;
        const isConnected = store.person(personId)?.isConnected === true;
        return isConnected && store.state.links.signaling === 'up';
      },
      onMissed: (personId) => {
        this.setKeying(personId, { kind: 'failed', code: 'handshake-timeout' });
      },
    });
    options.store.own(() => {
      this.#firstAudio.close();
      this.#deadlines.close();
    });
  }

  /** Those who are in the call whose lobby was entered. */
  enter(peers: readonly Peer[]): void {
    for (const peer of peers) this.arrived(peer);
    this.#count();
  }

  /** Keys are agreed on with them from now on, unless too many came before; nobody hears anybody. */
  arrived({ id, order }: Peer): void {
    if (this.#peers.has(id) || this.#peers.size >= peersAtMost) return;
    this.#peers.set(id, id);
    const { invite, keys } = this.#options;
    if (invite.mode === 'e2ee' && this.#unmet.size < unmetAtMost) {
      this.#unmet.add(id);
      keys?.addPeer({ id, order });
    }
    this.#count();
  }

  /** They went without having met. */
  gone(id: ParticipantId): void {
    if (this.#options.store.person(id) !== undefined || !this.#peers.delete(id)) return;
    this.#options.keys?.removePeer(id);
    this.#count();
  }

  /** Both are in the call. */
  meet(participant: Participant): void {
    const { invite, keys, media } = this.#options;
    const { id } = participant;
    this.#peers.set(id, id);
    const isAgreedWith = this.#unmet.delete(id);
    const connecting = media()?.addPerson(participant) ?? Promise.resolve();
    if (invite.mode !== 'e2ee') return;
    this.#deadlines.start(id);
    // Where keys were agreed on in the lobby, sender keys can wait for what connects the two: they are needed after it.
    if (!isAgreedWith) {
      keys?.meetPeer(participant);
      return;
    }
    void connecting.then(() => {
      if (this.#peers.has(id)) keys?.meetPeer(participant);
    });
  }

  /** To whom an envelope may go. Undefined for who went meanwhile. */
  addressOf(peerId: string): ParticipantId | undefined {
    return this.#peers.get(peerId);
  }

  receiveEnvelope({ from, kind, data }: EventPayload<'envelope'>): void {
    this.#options.keys?.receive(from, kind, data);
    this.#deadlines.prolong(from);
  }

  /** They are heard from now on, unless no keys could be agreed on with them. */
  play(personId: ParticipantId, receiver: RTCRtpReceiver): void {
    if (this.#keyingOf(personId)?.kind === 'failed') return;
    this.#firstAudio.watch(personId, receiver);
    this.#options.audio.play(personId, receiver.track);
  }

  /** Final once it has failed. */
  setKeying(personId: string, keying: PeerKeying): void {
    const { store, audio, keys, invite } = this.#options;
    const person = store.person(personId);
    if (person === undefined || person.keying.kind === 'failed' || store.isOver()) return;
    store.dispatch({ kind: 'keying-changed', id: person.id, keying });
    if (keying.kind === 'agreeing') return;
    if (keying.kind === 'secure') performance.mark(`earshot:keys:${person.id}`);
    this.#deadlines.stop(person.id);
    if (keying.kind !== 'failed') return;
    audio.stop(person.id);
    keys?.removePeer(person.id);
    if (invite.topology === 'direct') store.end('handshake-failed');
  }

  /**
   * The other person of a direct call may have left because the handshake failed: their refusal came
   * just before, and the worker is about to say so. The reason shown should be that one.
   */
  left(personId: ParticipantId): void {
    const { invite, store } = this.#options;
    const isAgreeing = this.#keyingOf(personId)?.kind === 'agreeing';
    if (invite.topology !== 'direct' || !isAgreeing) {
      this.#part(personId);
      return;
    }
    const timer = setTimeout(() => {
      this.#part(personId);
    }, verdictMs);
    store.own(() => {
      clearTimeout(timer);
    });
  }

  #part(personId: ParticipantId): void {
    const { keys, media, store, invite } = this.#options;
    this.#deadlines.stop(personId);
    this.#peers.delete(personId);
    keys?.removePeer(personId);
    media()?.removePerson(personId);
    store.dispatch({ kind: 'person-left', id: personId });
    if (invite.topology === 'direct') store.end('other-left');
  }

  /** What the join page shows: in the lobby, one's peers are those in the call. */
  #count(): void {
    this.#options.store.dispatch({ kind: 'in-call', participants: this.#peers.size });
  }

  #keyingOf(personId: string): PeerKeying | undefined {
    return this.#options.store.person(personId)?.keying;
  }
}
