/** All calls: made, found, and closed when nobody came or everybody left. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { ProtocolError, type CallId } from '@earshot/protocol';
import type { MediaServer } from '@earshot/sfu/api';
import { Call } from './call.ts';
import { newCallId } from './ids.ts';
import type { OperatorRecord } from './record.ts';
import { Room } from './room.ts';

export interface CallsOptions {
  readonly capacity: number;
  readonly roomCapacity: number;
  /** How long a call waits for its first participant, in milliseconds. */
  readonly unusedMs: number;
  /** How long a call waits after its last participant left, in milliseconds. */
  readonly emptyMs: number;
  /** Undefined: this server has no media workers and offers direct calls only. */
  readonly media: MediaServer | undefined;
  /** The lab only: keeps the media of rooms. */
  readonly record: OperatorRecord | undefined;
  /** Told when the last participant of a call left. */
  readonly onEmptied: () => void;
  /** Told of each call as it closes. */
  readonly onClosed: (call: Call) => void;
  /** Told when a room's media was lost. */
  readonly onMediaLost: (call: Call) => void;
}

export class Calls {
  readonly #options: CallsOptions;
  readonly #byId = new Map<CallId, Call>();
  readonly #expiries = new Map<CallId, NodeJS.Timeout>();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  all(): readonly Call[] {
    return [...this.#byId.values()];
  }

  /** @throws ProtocolError `server-full` */
  create(kind: { mode: KeyingMode; topology: Topology }): Call {
    const { capacity, roomCapacity, unusedMs } = this.#options;
    if (this.#byId.size >= capacity) throw new ProtocolError('server-full');
    const id = newCallId();
    const call: Call = new Call({
      id,
      ...kind,
      roomCapacity,
      room: kind.topology === 'room' ? this.#createRoom(id, kind.mode) : undefined,
      onEmptyChanged: ({ size }) => {
        if (size > 0) {
          this.#keep(call);
          return;
        }
        this.#expireIn(call, this.#options.emptyMs);
        this.#options.onEmptied();
      },
    });
    this.#byId.set(id, call);
    this.#expireIn(call, unusedMs);
    return call;
  }

  /** @throws ProtocolError `call-unknown` */
  find(id: CallId): Call {
    const call = this.#byId.get(id);
    if (call === undefined) throw new ProtocolError('call-unknown');
    return call;
  }

  /** Idempotent. */
  close(): void {
    for (const call of this.all()) this.#close(call);
  }

  #createRoom(callId: CallId, mode: KeyingMode): Room {
    const { media, record, onMediaLost } = this.#options;
    const kind = { id: callId, mode, topology: 'room' } as const;
    if (media === undefined) throw new ProtocolError('server-full', 'no media workers here');
    return new Room({
      callId,
      mode,
      media,
      ...(record === undefined
        ? {}
        : {
            onRtp: (producerId, _participantId, rtp) => {
              record.addRtp(kind, { producerId, rtp });
            },
          }),
      onLost: () => {
        const call = this.#byId.get(callId);
        if (call === undefined) return;
        onMediaLost(call);
        call.send('mediaLost', {});
      },
    });
  }

  #expireIn(call: Call, ms: number): void {
    this.#keep(call);
    const timer = setTimeout(() => {
      this.#close(call);
    }, ms);
    this.#expiries.set(call.id, timer);
  }

  #keep(call: Call): void {
    clearTimeout(this.#expiries.get(call.id));
    this.#expiries.delete(call.id);
  }

  #close(call: Call): void {
    this.#keep(call);
    if (!this.#byId.delete(call.id)) return;
    call.close();
    this.#options.onClosed(call);
  }
}
