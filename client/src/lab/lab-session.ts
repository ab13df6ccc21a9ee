/** One call as the operator watches it: reads the stream, opens what opens, plays it on request. */
import { fromBase64 } from '@earshot/keying/bytes';
import type { ParticipantId } from '@earshot/protocol';
import type { LabEvent, RelayedMessage } from './lab-event.ts';
import { beforeAnything, type LabMessage, type LabState } from './lab-state.ts';
import { ForwardedMedia } from './forwarded-media.ts';
import { bytesAsSoundColumn, byteColumn, soundColumn } from './frame-columns.ts';
import { readOperatorStream } from './operator-stream.ts';
import { cryptoLinesIn, relayedText } from './relayed-text.ts';
import { VoicePlayer } from './voice-player.ts';

/** `sound`: decoded. `bytes`: as forwarded. `bytes-as-sound`: the same, taken for samples. */
export type Picture = 'sound' | 'bytes' | 'bytes-as-sound';
export type OnColumn = (brightness: Float32Array) => void;

const messagesShown = 300;
/** Counters at a pace that can be read. */
const publishEveryMs = 250;
const retryAfterMs = 1500;

export class LabSession {
  readonly #callId: string;
  readonly #onState: (state: LabState) => void;
  readonly #abort = new AbortController();
  readonly #media = new Map<ParticipantId, ForwardedMedia>();
  readonly #names = new Map<ParticipantId, string>();
  readonly #owners = new Map<string, ParticipantId>();
  readonly #painters = new Map<string, OnColumn>();
  readonly #timer: ReturnType<typeof setInterval>;
  #present: ReadonlySet<ParticipantId> = new Set();
  #state: LabState = beforeAnything;
  #player: VoicePlayer | undefined;

  constructor({ callId, onState }: { callId: string; onState: (state: LabState) => void }) {
    this.#callId = callId;
    this.#onState = onState;
    this.#timer = setInterval(() => this.#publish({}), publishEveryMs);
    void this.#read();
  }

  /** Call it from a click: browsers start no sound without one. */
  listen(): void {
    this.#player ??= new VoicePlayer();
    this.#publish({ isListening: true });
  }

  stopListening(): void {
    this.#player?.close();
    this.#player = undefined;
    this.#publish({ isListening: false });
  }

  /** Each frame of a person as a column. One painter for each picture; returns the end of it. */
  paint(personId: ParticipantId, picture: Picture, onColumn: OnColumn): () => void {
    const key = painterKey(personId, picture);
    this.#painters.set(key, onColumn);
    return () => {
      if (this.#painters.get(key) === onColumn) this.#painters.delete(key);
    };
  }

  /** Idempotent. */
  close(): void {
    this.#abort.abort();
    clearInterval(this.#timer);
    this.#player?.close();
    this.#forget();
  }

  async #read(): Promise<void> {
    const { signal } = this.#abort;
    for (;;) {
      const end = await readOperatorStream({
        callId: this.#callId,
        signal,
        onEvent: (event) => this.#take(event),
      });
      if (signal.aborted) return;
      this.#publish({ link: end });
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    }
  }

  #take(event: LabEvent): void {
    switch (event.type) {
      case 'call': {
        const { mode, topology, earlierMessages } = event;
        // A stream begins with all that is known: what an earlier one said is replaced.
        this.#forget();
        const call = { mode, topology };
        this.#publish({ link: 'live', call, earlierMessages, messages: [], skippedPackets: 0 });
        return;
      }
      case 'people':
        for (const { id, name } of event.people) this.#names.set(id, name);
        this.#present = new Set(event.people.map(({ id }) => id));
        this.#publish({});
        return;
      case 'message':
        this.#takeMessage(event);
        return;
      case 'rtp': {
        const owner = this.#owners.get(event.producerId);
        if (owner !== undefined) this.#mediaOf(owner)?.take(fromBase64(event.rtp));
        return;
      }
      case 'skipped':
        this.#publish({ skippedPackets: this.#state.skippedPackets + event.packets });
        return;
    }
  }

  #takeMessage(message: RelayedMessage): void {
    const { from, verb, payload } = message;
    const producerId = payload['producerId'];
    if (verb === 'produce' && typeof producerId === 'string') this.#owners.set(producerId, from);
    for (const line of cryptoLinesIn(message)) this.#mediaOf(from)?.addCryptoLine(line);
    const { messages, earlierMessages } = this.#state;
    const number = earlierMessages + messages.length + 1;
    const all: LabMessage[] = [...messages, { number, message, text: relayedText(message) }];
    const shown = all.slice(-messagesShown);
    this.#publish({
      messages: shown,
      earlierMessages: earlierMessages + all.length - shown.length,
    });
  }

  #mediaOf(personId: ParticipantId): ForwardedMedia | undefined {
    const known = this.#media.get(personId);
    const mode = this.#state.call?.mode;
    if (known !== undefined || mode === undefined) return known;
    const media = new ForwardedMedia(mode, {
      onPacket: ({ payload }) => {
        this.#paint(personId, 'bytes', () => byteColumn(payload));
        this.#paint(personId, 'bytes-as-sound', () => bytesAsSoundColumn(payload));
      },
      onSound: (frame) => {
        this.#player?.play(personId, frame);
        this.#paint(personId, 'sound', () => soundColumn(frame.samples));
      },
    });
    this.#media.set(personId, media);
    return media;
  }

  #paint(personId: ParticipantId, picture: Picture, column: () => Float32Array): void {
    this.#painters.get(painterKey(personId, picture))?.(column());
  }

  #forget(): void {
    for (const media of this.#media.values()) media.close();
    this.#media.clear();
    this.#owners.clear();
  }

  #publish(change: Partial<LabState>): void {
    const ids = new Set([...this.#names.keys(), ...this.#media.keys()]);
    this.#state = {
      ...this.#state,
      ...change,
      people: [...ids].map((id) => ({
        id,
        name: this.#names.get(id),
        isPresent: this.#present.has(id),
        ...(this.#media.get(id)?.counts ?? { packets: 0, bytes: 0, opened: 0 }),
      })),
    };
    this.#onState(this.#state);
  }
}

function painterKey(personId: ParticipantId, picture: Picture): string {
  return `${personId} ${picture}`;
}
