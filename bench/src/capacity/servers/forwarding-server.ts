/** What forwards audio, as the load sees it: the same people and the same packets, whichever server is in between. */

export const systems = ['bare', 'earshot', 'janus'] as const;
export type System = (typeof systems)[number];

export interface SystemRow {
  readonly title: string;
  /** How this run drives it. */
  readonly what: string;
}

export const systemTable: Readonly<Record<System, SystemRow>> = {
  bare: {
    title: 'bare mediasoup',
    what: 'one worker, one router per room, nothing else around it',
  },
  earshot: { title: 'Earshot', what: 'the program that npm start runs, with one media worker' },
  janus: { title: 'Janus', what: 'VideoRoom plugin, one multistream subscription per listener' },
};

/** Every connection to it is ICE (it is the lite side), DTLS-SRTP and Opus, without header extensions. */
export interface ForwardingServer {
  /** All of its processes. */
  readonly processIds: readonly number[];
  openRoom(): Promise<ForwardingRoom>;
  /** Resolves when its processes are gone. Idempotent. */
  close(): Promise<void>;
}

export interface ForwardingRoom {
  enter(): Promise<RoomPerson>;
}

/** Someone in a room: at most one connection per direction. */
export interface RoomPerson {
  /** Resolves when frames can pass. */
  speak(): Promise<SpokenStream>;
  /**
   * Hears everybody else who speaks by now.
   * @param onRtp each packet; without it packets arrive at the connection and go no further.
   */
  listen(onRtp?: (packet: Uint8Array) => void): Promise<void>;
}

export interface SpokenStream {
  /** @returns whether it went. */
  send(payload: Uint8Array): boolean;
}
