/** Media of a direct call: one connection to the only other person. Who joined first offers. */
import type { Participant, ParticipantId, ServerEvent } from '@earshot/protocol';
import { readRtp } from '../rtp/rtp-packet.ts';
import { RtpStream } from '../rtp/rtp-stream.ts';
import { WebRtcEndpoint, type EndpointCandidate } from '../webrtc/webrtc-endpoint.ts';
import type { MemberMedia, MemberMediaOptions } from './member-media.ts';

interface Connection {
  readonly personId: ParticipantId;
  readonly endpoint: WebRtcEndpoint;
  /** Descriptions and candidates, one after the other in the order they came. */
  queue: Promise<void>;
  /** Candidates that came before the description. */
  early: EndpointCandidate[] | undefined;
}

/** Answers one offer per person: ICE restarts (RFC 8839 section 4.4.3) are beyond libdatachannel. */
export class DirectMedia implements MemberMedia {
  readonly connected: Promise<unknown>;
  readonly #options: MemberMediaOptions;
  readonly #connected = Promise.withResolvers<unknown>();
  readonly #closing: Promise<void>[] = [];
  #stream = new RtpStream({ payloadType: 111 });
  #connection: Connection | undefined;

  constructor(options: MemberMediaOptions) {
    this.#options = options;
    this.connected = this.#connected.promise;
    this.connected.catch(() => undefined);
    const [first] = options.membership.joined.participants;
    if (first !== undefined) this.#meet(first);
  }

  timestampOf(frameIndex: number): number {
    return this.#stream.timestampOf(frameIndex);
  }

  send(frameIndex: number, payload: Uint8Array): void {
    this.#connection?.endpoint.send(this.#stream.packet(frameIndex, payload));
  }

  receive(event: ServerEvent): void {
    if (event.name === 'participantJoined') this.#meet(event.payload.participant);
    else if (event.name === 'participantLeft') this.#part(event.payload.participantId);
    else if (event.name === 'offer') this.#acceptOffer(event.payload);
    else if (event.name === 'answer') this.#acceptAnswer(event.payload);
    else if (event.name === 'candidate') {
      const { from, candidate } = event.payload;
      if (candidate === null) return;
      const { sdpMid } = candidate;
      this.#add(from, { candidate: candidate.candidate, mid: sdpMid ?? '0' });
    }
  }

  async close(): Promise<void> {
    this.#connected.reject(new Error('closed'));
    if (this.#connection !== undefined) this.#part(this.#connection.personId);
    await Promise.all(this.#closing);
  }

  #meet(person: Participant): void {
    const { membership, keys, onFrame } = this.#options;
    const { id } = person;
    const endpoint = new WebRtcEndpoint({
      direction: 'both',
      ssrc: this.#stream.ssrc,
      onRtp: (packet) => {
        const rtp = readRtp(packet);
        if (rtp === undefined || rtp.payloadType !== endpoint.payloadType) return;
        onFrame({ from: id, timestamp: rtp.timestamp, payload: rtp.payload });
      },
      onCandidate: ({ candidate, mid }) => {
        const own = { candidate, sdpMid: mid, sdpMLineIndex: 0, usernameFragment: null };
        this.#step(connection, async () => {
          await membership.request('candidate', { to: id, candidate: own });
        });
      },
    });
    const connection: Connection = { personId: id, endpoint, queue: Promise.resolve(), early: [] };
    this.#connection = connection;
    endpoint.opened.then(this.#connected.resolve, this.#connected.reject);
    if (membership.self.order > person.order) return;
    this.#step(connection, async () => {
      const sdp = keys.describeOffer(await endpoint.createOffer());
      await membership.request('offer', { to: id, sdp });
    });
  }

  #part(personId: ParticipantId): void {
    if (this.#connection?.personId !== personId) return;
    this.#closing.push(this.#connection.endpoint.close());
    this.#connection = undefined;
  }

  #acceptOffer({ from, sdp }: { from: ParticipantId; sdp: string }): void {
    const connection = this.#with(from);
    if (connection === undefined) return;
    const { membership, keys } = this.#options;
    this.#step(connection, async () => {
      const answer = await connection.endpoint.acceptOffer(keys.acceptOffer(from, sdp));
      // Under the type that the offer gave to Opus.
      const { ssrc } = this.#stream;
      this.#stream = new RtpStream({ ssrc, payloadType: connection.endpoint.payloadType });
      await membership.request('answer', { to: from, sdp: keys.describeAnswer(answer) });
      this.#addEarly(connection);
    });
  }

  #acceptAnswer({ from, sdp }: { from: ParticipantId; sdp: string }): void {
    const connection = this.#with(from);
    if (connection === undefined) return;
    this.#step(connection, async () => {
      connection.endpoint.acceptAnswer(this.#options.keys.acceptAnswer(from, sdp));
      this.#addEarly(connection);
      return Promise.resolve();
    });
  }

  #add(from: ParticipantId, candidate: EndpointCandidate): void {
    const connection = this.#with(from);
    if (connection?.early === undefined) connection?.endpoint.addCandidate(candidate);
    else connection.early.push(candidate);
  }

  #addEarly(connection: Connection): void {
    for (const candidate of connection.early ?? []) connection.endpoint.addCandidate(candidate);
    connection.early = undefined;
  }

  #with(personId: ParticipantId): Connection | undefined {
    return this.#connection?.personId === personId ? this.#connection : undefined;
  }

  #step(connection: Connection, run: () => Promise<void>): void {
    connection.queue = connection.queue.then(async () => {
      if (this.#connection !== connection) return;
      try {
        await run();
      } catch (error) {
        // Who left meanwhile is no failure.
        if (this.#connection !== connection) return;
        this.#connected.reject(error);
        this.#options.onFailure(error);
      }
    });
  }
}
