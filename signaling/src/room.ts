/** The media side of a room: opened at the SFU when first needed, opened anew when its worker died. */
import { modes, type KeyingMode } from '@earshot/keying/mode';
import {
  ProtocolError,
  type CallId,
  type ParticipantId,
  type ProducerInfo,
} from '@earshot/protocol';
import type { MediaRoom, MediaServer, OnRtp } from '@earshot/sfu/api';

export interface RoomOptions {
  readonly callId: CallId;
  readonly mode: KeyingMode;
  readonly media: MediaServer;
  /** The lab only: gets every packet that the room forwards. */
  readonly onRtp?: OnRtp;
  /** Everything in the media room is gone. */
  readonly onLost: () => void;
}

export class Room {
  readonly #options: RoomOptions;
  readonly #producers = new Map<ParticipantId, ProducerInfo>();
  #media: Promise<MediaRoom> | undefined;
  /** The room that `#media` resolved with, for calls that cannot wait. */
  #opened: MediaRoom | undefined;
  #isClosed = false;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get producers(): readonly ProducerInfo[] {
    return [...this.#producers.values()];
  }

  /** @throws ProtocolError `media-lost` while no worker can take the room */
  async open(): Promise<MediaRoom> {
    if (this.#isClosed) throw new ProtocolError('call-unknown');
    const opening = (this.#media ??= this.#open());
    try {
      return await opening;
    } catch (cause) {
      if (this.#media === opening) this.#media = undefined;
      if (cause instanceof ProtocolError) throw cause;
      throw new ProtocolError('media-lost', undefined, { cause });
    }
  }

  addProducer(producer: ProducerInfo): void {
    this.#producers.set(producer.participantId, producer);
  }

  hasProducer(producerId: string): boolean {
    return this.producers.some((producer) => producer.producerId === producerId);
  }

  /** Closes what the participant has at the SFU; returns the producer it had. */
  removeParticipant(participantId: ParticipantId): ProducerInfo | undefined {
    const producer = this.#producers.get(participantId);
    this.#producers.delete(participantId);
    this.#opened?.removeParticipant(participantId);
    return producer;
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#producers.clear();
    this.#opened?.close();
    this.#opened = undefined;
  }

  async #open(): Promise<MediaRoom> {
    const { callId, mode, media, onRtp, onLost } = this.#options;
    const opening = { isLost: false };
    const room = await media.openRoom({
      callId,
      allowAudioLevel: modes[mode].exposesSpeechPattern,
      ...(onRtp === undefined ? {} : { onRtp }),
      onLost: () => {
        opening.isLost = true;
        this.#media = undefined;
        this.#opened = undefined;
        this.#producers.clear();
        if (!this.#isClosed) onLost();
      },
    });
    if (this.isClosed) {
      room.close();
      throw new ProtocolError('call-unknown');
    }
    if (opening.isLost) throw new ProtocolError('media-lost');
    this.#opened = room;
    return room;
  }
}
