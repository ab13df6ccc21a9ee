/** The recordings of a capture: one for each stream and codec that has authentic packets. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AudioCodec, PayloadTypes } from '../audio-codec.ts';
import { DecryptError, reasonOf } from '../decrypt-error.ts';
import type { StreamEvents, StreamIdentity } from '../rtp-stream.ts';
import { createAudioDecoder } from './audio-decoder.ts';
import { Recording, type RecordingResult } from './recording.ts';
import type { TimedPayload } from './timeline.ts';

/** Each has an open file and, for Opus, a decoder of its own. */
const maxRecordings = 64;

interface Slot {
  recording: Recording | undefined;
  /** Packets that came before the decoder was ready. */
  early: TimedPayload[];
}

export class Recordings {
  readonly #folder: string;
  readonly #payloadTypes: PayloadTypes;
  readonly #byStream = new Map<StreamIdentity, Map<AudioCodec, Slot>>();
  #starting: Promise<void>[] = [];
  #count = 0;
  #leftOut = 0;

  /** @throws DecryptError `out-unwritable` */
  constructor(folder: string, payloadTypes: PayloadTypes) {
    this.#folder = folder;
    this.#payloadTypes = payloadTypes;
    writing(folder, () => mkdirSync(folder, { recursive: true }));
  }

  /** Recordings not made because there were too many. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** A decoder is being loaded: wait for `ready()` before the next packet. */
  get isStarting(): boolean {
    return this.#starting.length > 0;
  }

  async ready(): Promise<void> {
    const starting = this.#starting;
    this.#starting = [];
    await Promise.all(starting);
  }

  eventsFor(identity: StreamIdentity): StreamEvents {
    return {
      onAuthentic: ({ header, payload }) => {
        const codec = this.#payloadTypes.codecOf(header.payloadType);
        if (codec !== undefined) this.#add(identity, codec, { ...header, payload });
      },
    };
  }

  /** @throws DecryptError `out-unwritable` */
  finish(): ReadonlyMap<StreamIdentity, readonly RecordingResult[]> {
    const results = new Map<StreamIdentity, RecordingResult[]>();
    for (const [identity, slots] of this.#byStream) {
      const made = [...slots.values()].flatMap(({ recording }) => recording ?? []);
      results.set(
        identity,
        writing(this.#folder, () => made.map((recording) => recording.finish())),
      );
    }
    return results;
  }

  #add(identity: StreamIdentity, codec: AudioCodec, packet: TimedPayload): void {
    const slots = this.#byStream.get(identity) ?? new Map<AudioCodec, Slot>();
    this.#byStream.set(identity, slots);
    let slot = slots.get(codec);
    if (slot === undefined) {
      slot = { recording: undefined, early: [] };
      slots.set(codec, slot);
      if (this.#count >= maxRecordings) this.#leftOut++;
      else this.#starting.push(this.#start(slot, { identity, codec, number: ++this.#count }));
    }
    const { recording } = slot;
    if (recording !== undefined) writing(this.#folder, () => recording.add(packet));
    else if (this.isStarting) slot.early.push(packet);
  }

  async #start(
    slot: Slot,
    made: {
      readonly identity: StreamIdentity;
      readonly codec: AudioCodec;
      readonly number: number;
    },
  ): Promise<void> {
    const { identity, codec, number } = made;
    const decoder = await createAudioDecoder(codec);
    const name = `${String(number).padStart(2, '0')}-${ssrcText(identity.ssrc)}-${codec}.wav`;
    const recording = new Recording({ codec, decoder, path: join(this.#folder, name) });
    slot.recording = recording;
    writing(this.#folder, () => slot.early.forEach((packet) => recording.add(packet)));
    slot.early = [];
  }
}

/** As other programs show it. */
export function ssrcText(ssrc: number): string {
  return `0x${ssrc.toString(16).padStart(8, '0')}`;
}

function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new DecryptError('out-unwritable', `cannot write to ${folder}: ${reasonOf(error)}`);
  }
}
