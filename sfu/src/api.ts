/** The media server as signaling sees it. Types only. */
import type {
  CallId,
  ConsumerOptions,
  DtlsParameters,
  IceParameters,
  ParticipantId,
  RtpCapabilities,
  RtpParameters,
  TransportDirection,
  TransportOptions,
} from '@earshot/protocol';

/**
 * Who closes whom: the server its workers; a worker's death its rooms (`onLost` once, then closed);
 * a room its transports; a transport its producers and consumers; a producer its consumers.
 * Every `close()` is idempotent.
 */
export interface MediaServer {
  /** Opens a room on the least-loaded worker. */
  openRoom(options: OpenRoomOptions): Promise<MediaRoom>;
  /** Workers alive and rooms open, for readiness and metrics. */
  load(): MediaLoad;
  close(): Promise<void>;
}

export interface OpenRoomOptions {
  readonly callId: CallId;
  /** Offer the RFC 6464 audio level extension to clients. False where it would show who speaks when (`e2ee`). */
  readonly allowAudioLevel: boolean;
  /** The room's worker died: everything in it is gone. Called once; open another room to go on. */
  readonly onLost: () => void;
}

export interface MediaLoad {
  readonly workersAlive: number;
  readonly workersWanted: number;
  readonly rooms: number;
  readonly producers: number;
  readonly consumers: number;
}

/** Methods reject with ProtocolError: `media-unknown`, `media-refused`, `media-lost`. */
export interface MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;
  createTransport(
    participantId: ParticipantId,
    direction: TransportDirection,
  ): Promise<TransportOptions>;
  connectTransport(
    participantId: ParticipantId,
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<void>;
  restartIce(participantId: ParticipantId, transportId: string): Promise<IceParameters>;
  /** One audio producer per participant; a second one is refused. Resolves with the producer's id. */
  produce(
    participantId: ParticipantId,
    transportId: string,
    rtpParameters: RtpParameters,
  ): Promise<string>;
  /** The consumer starts paused. */
  consume(options: ConsumeOptions): Promise<ConsumerOptions>;
  resumeConsumer(participantId: ParticipantId, consumerId: string): Promise<void>;
  /** Closes what the participant has here. */
  removeParticipant(participantId: ParticipantId): void;
  /**
   * Lab only: every RTP packet that a producer sends from now on, as the SFU holds it after hop decryption.
   * Throws `media-refused` unless the media server was created with `allowTaps`.
   */
  openTap(producerId: string, onPacket: (rtp: Uint8Array) => void): Promise<Tap>;
  close(): void;
}

export interface ConsumeOptions {
  readonly participantId: ParticipantId;
  readonly transportId: string;
  readonly producerId: string;
  readonly rtpCapabilities: RtpCapabilities;
}

export interface Tap {
  readonly producerId: string;
  /** Codec and payload type of the tapped stream. */
  readonly rtpParameters: RtpParameters;
  close(): void;
}
