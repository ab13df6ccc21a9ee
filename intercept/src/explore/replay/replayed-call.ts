/** A call that was played to the real stack, and the people in it, whatever mode they speak under. */
import { setTimeout } from 'node:timers/promises';
import { encodeSpeech, type EncodedSpeech } from '@earshot/peer/encoded-speech';
import type { SpeechRecorder } from '@earshot/peer/speech-recorder';
import type { Datagram } from '../../dissect/pcap.ts';
import type { RtpPacket } from '../../dissect/rtp.ts';
import type { Pcm } from '../../measure/pcm.ts';
import { speechOf } from '../../stage/speech.ts';
import type { SignalingRecord } from '../../tap/signaling-record.ts';
import type { Delivered, StepGate } from './step-gate.ts';

/** In the order in which the models tell of them. */
export const names = ['alice', 'bob'] as const;
export type PersonName = (typeof names)[number];

export interface ReplayedPerson {
  readonly speaker: PersonName;
  /** `refused`: the handshake failed. `waiting`: something has not been delivered to them. */
  readonly ending: 'connected' | 'refused' | 'waiting';
  /** Of the other. */
  readonly heard: Pcm;
}

export interface ReplayedCall {
  readonly people: readonly ReplayedPerson[];
  /** Every datagram of the call. */
  readonly wire: readonly Datagram[];
  /** What the server kept of the signaling. */
  readonly record: SignalingRecord;
  /** What came out at the attacker's own ends of DTLS connections: its bridge, or its media server. */
  readonly media: readonly (readonly RtpPacket[])[];
}

/** One of them while the trace is played. */
export class Actor {
  readonly speaker: PersonName;
  readonly gate: StepGate;
  readonly #options: ActorOptions;
  #ending: ReplayedPerson['ending'] = 'waiting';

  constructor(options: ActorOptions) {
    this.#options = options;
    this.speaker = options.speaker;
    this.gate = options.gate;
    options.connected.then(
      () => (this.#ending = 'connected'),
      // Who tires of waiting has refused nothing.
      () => (this.#ending = this.#missing === undefined ? 'refused' : 'waiting'),
    );
  }

  get ending(): ReplayedPerson['ending'] {
    return this.#ending;
  }

  /** Until they are connected or refuse; who did not get everything: until the next message is there, and held. */
  async settled(): Promise<void> {
    const { speaker, gate } = this;
    const missing = this.#missing;
    if (missing === undefined) {
      await until(() => this.#ending !== 'waiting', `${speaker} connects, or refuses`);
    } else {
      await until(() => gate.holds(missing), `a ${missing} for ${speaker} waits`);
    }
  }

  /** Enough to be recognised. */
  async speak(): Promise<void> {
    const { speak, framesSent } = this.#options;
    speak(encodeSpeech(speechOf(this.speaker), { rate: 'variable' }));
    await until(() => framesSent() >= enoughFrames, `${this.speaker} speaks`);
  }

  /** How it went so far. */
  report(): ReplayedPerson {
    const { speaker, ending } = this;
    return { speaker, ending, heard: this.#options.recorder.pcm() };
  }

  get #missing(): Delivered | undefined {
    return this.#options.needs.find((kind) => !this.gate.isOpen(kind));
  }
}

export interface ActorOptions {
  readonly speaker: PersonName;
  readonly gate: StepGate;
  /** What the mode's handshake has to deliver, in order. */
  readonly needs: readonly Delivered[];
  /** Resolves when they can speak; rejects when they never will. */
  readonly connected: Promise<unknown>;
  readonly speak: (speech: EncodedSpeech) => unknown;
  readonly framesSent: () => number;
  readonly recorder: SpeechRecorder;
}

/** 20 ms each: some windows of two seconds. */
const enoughFrames = 250;
const timeoutMs = 120_000;
const pollMs = 10;

/** After the last step: waits for the ends that it leads to, and lets those speak who can. */
export async function playOut(actors: readonly Actor[]): Promise<void> {
  for (const actor of actors) {
    await actor.settled();
    // What the next one waits for may depend on this one.
    if (actor.ending !== 'connected') break;
  }
  const connected = actors.filter(({ ending }) => ending === 'connected');
  await Promise.all(connected.map((actor) => actor.speak()));
}

/** Polls. @throws Error if it takes too long */
export async function until(isReached: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isReached()) {
    if (Date.now() > deadline) throw new Error(`did not happen: ${what}`);
    await setTimeout(pollMs);
  }
}
