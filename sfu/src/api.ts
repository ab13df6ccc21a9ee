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
  /**
   * Opens a room on the least-loaded worker. Waits up to 5 s while all workers are being replaced, then
   * rejects with `media-lost`, as it does when the worker dies meanwhile.
   */
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
  /**
   * Lab only: every RTP packet that a producer of this room forwards, from its first one on, as the SFU
   * holds it after hop decryption. `rtp` is a whole packet with the room's payload type and header
   * extension ids (`MediaRoom.rtpCapabilities`) and an SSRC of the SFU's choice.
   * `openRoom` rejects with `media-refused` unless the media server was created with `allowTaps`.
   */
  readonly onRtp?: OnRtp;
}

/** `rtp` is the receiver's to keep. */
export type OnRtp = (producerId: string, participantId: ParticipantId, rtp: Uint8Array) => void;

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
  close(): void;
}

export interface ConsumeOptions {
  readonly participantId: ParticipantId;
  readonly transportId: string;
  readonly producerId: string;
  readonly rtpCapabilities: RtpCapabilities;
}
