/**
 * The operator's record, in the lab only: what the server relayed, and the media its SFU forwarded.
 * It stands for what an operator keeps, or can be ordered to keep. Bounded in calls, messages and bytes.
 */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { CallId, ParticipantId } from '@earshot/protocol';

/** What the record says about a call as a whole. */
export interface CallKind {
  readonly id: CallId;
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

/** One relayed message. `to` is null for what goes to everybody in the call. */
export interface Relayed {
  readonly at: string;
  readonly from: ParticipantId;
  readonly to: ParticipantId | null;
  readonly verb: 'offer' | 'answer' | 'candidate' | 'envelope' | 'produce';
  /** As relayed. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface RecordedCall {
  readonly callId: CallId;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly messages: number;
  readonly rtpPackets: number;
  readonly rtpBytes: number;
  /** Packets that the ring had to drop. 0: the media is complete from the first packet on. */
  readonly rtpDropped: number;
}

export interface TappedPacket {
  readonly producerId: string;
  readonly rtp: Uint8Array;
}

/** Told of what comes on record, as it comes and as it is kept. */
export interface RecordWatcher {
  readonly onMessage: (message: Relayed) => void;
  readonly onRtp: (packet: TappedPacket) => void;
}

const callsKept = 200;
const messagesPerCall = 20_000;
const rtpBytesPerCall = 20 * 1024 * 1024;

interface Entry {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly messages: Relayed[];
  readonly packets: Buffer[];
  rtpBytes: number;
  rtpDropped: number;
}

export class OperatorRecord {
  readonly #byCall = new Map<CallId, Entry>();
  readonly #watchers = new Map<string, Set<RecordWatcher>>();
  readonly #retainKeys: boolean;

  /** `retainKeys: false`: keys of `a=crypto` lines are not kept, what was relayed is otherwise. */
  constructor({ retainKeys }: { readonly retainKeys: boolean }) {
    this.#retainKeys = retainKeys;
  }

  add(call: CallKind, message: Omit<Relayed, 'at'>): void {
    const { messages } = this.#entryOf(call);
    if (messages.length >= messagesPerCall) messages.shift();
    const payload = this.#retainKeys ? message.payload : withoutKeys(message.payload);
    const kept: Relayed = { at: new Date().toISOString(), ...message, payload };
    messages.push(kept);
    for (const { onMessage } of this.#watchersOf(call.id)) onMessage(kept);
  }

  /** One packet as the SFU holds it, after hop decryption. Copies it. */
  addRtp(call: CallKind, { producerId, rtp }: TappedPacket): void {
    const entry = this.#entryOf(call);
    const packet = framed(producerId, rtp);
    entry.packets.push(packet);
    entry.rtpBytes += packet.length;
    while (entry.rtpBytes > rtpBytesPerCall) {
      entry.rtpBytes -= entry.packets.shift()?.length ?? 0;
      entry.rtpDropped++;
    }
    for (const { onRtp } of this.#watchersOf(call.id)) onRtp({ producerId, rtp });
  }

  /** From now on, also for a call of which nothing is on record yet. Returns the end of it. */
  watch(callId: string, watcher: RecordWatcher): () => void {
    const watchers = this.#watchers.get(callId) ?? new Set();
    this.#watchers.set(callId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(callId);
    };
  }

  calls(): RecordedCall[] {
    return [...this.#byCall].map(([callId, entry]) => ({
      callId,
      mode: entry.mode,
      topology: entry.topology,
      messages: entry.messages.length,
      rtpPackets: entry.packets.length,
      rtpBytes: entry.rtpBytes,
      rtpDropped: entry.rtpDropped,
    }));
  }

  kindOf(callId: string): Omit<CallKind, 'id'> | undefined {
    return this.#find(callId);
  }

  /** Oldest first; undefined for a call that is not on record. */
  messagesOf(callId: string): readonly Relayed[] | undefined {
    return this.#find(callId)?.messages;
  }

  /** Packets one after the other: total length of what follows (4 bytes), producer id (36), RTP. */
  rtpOf(callId: string): Buffer | undefined {
    const packets = this.#find(callId)?.packets;
    return packets === undefined ? undefined : Buffer.concat(packets);
  }

  #find(callId: string): Entry | undefined {
    for (const [id, entry] of this.#byCall) if (id === callId) return entry;
    return undefined;
  }

  #watchersOf(callId: string): Iterable<RecordWatcher> {
    return this.#watchers.get(callId) ?? [];
  }

  #entryOf({ id, mode, topology }: CallKind): Entry {
    const known = this.#byCall.get(id);
    if (known !== undefined) return known;
    const entry: Entry = { mode, topology, messages: [], packets: [], rtpBytes: 0, rtpDropped: 0 };
    this.#byCall.set(id, entry);
    for (const oldest of this.#byCall.keys()) {
      if (this.#byCall.size <= callsKept) break;
      this.#byCall.delete(oldest);
    }
    return entry;
  }
}

const producerIdBytes = 36;

/*
 *   0        4                            40
 *   +--------+----------------------------+------------------+
 *   | length | producer id, ASCII (UUID)  | RTP packet       |
 *   +--------+----------------------------+------------------+
 *   length: bytes after this field, unsigned, big-endian
 */
function framed(producerId: string, rtp: Uint8Array): Buffer {
  const packet = Buffer.alloc(4 + producerIdBytes + rtp.length);
  packet.writeUInt32BE(producerIdBytes + rtp.length, 0);
  packet.write(producerId, 4, producerIdBytes, 'ascii');
  packet.set(rtp, 4 + producerIdBytes);
  return packet;
}

/** The key-params of an `a=crypto` line (RFC 4568 section 9.2), up to their end. */
const inlineKey = /(inline:)[^\s;]+/gi;

function withoutKeys(payload: Relayed['payload']): Relayed['payload'] {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replace(inlineKey, '$1[not retained]') : value,
    ]),
  );
}
