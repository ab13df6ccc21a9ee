/** The SFU tap: every RTP packet that passed the media server, as it holds them after hop decryption. */
import { fetchFromOperator, isObject, parseJson, TapError } from './operator-listener.ts';

export interface TappedPacket {
  readonly producerId: string;
  readonly rtp: Uint8Array;
}

/** One call that the operator has on record. */
export interface TappedCall {
  readonly callId: string;
  readonly rtpPackets: number;
  /** Packets that the server no longer has; 0: complete from the first packet on. */
  readonly rtpDropped: number;
}

const lengthBytes = 4;
/** A UUID in ASCII. */
const producerIdBytes = 36;

/** @throws TapError */
export async function fetchTappedCalls(operatorUrl: string): Promise<TappedCall[]> {
  const bytes = await fetchFromOperator(operatorUrl, '/lab/calls');
  const calls = parseJson(new TextDecoder().decode(bytes));
  if (!Array.isArray(calls)) throw new TapError('malformed', 'not a list of calls');
  return calls.map(parseCall);
}

/**
 * Packets in the order forwarded, by producer.
 * @throws TapError; `refused` also if the server has dropped packets of the call.
 */
export async function fetchTappedRtp(
  operatorUrl: string,
  callId: string,
): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const packets = parseTap(await fetchFromOperator(operatorUrl, `/lab/calls/${callId}/rtp`));
  const call = (await fetchTappedCalls(operatorUrl)).find((known) => known.callId === callId);
  if (call === undefined || call.rtpDropped > 0) {
    throw new TapError('refused', `the tap of ${callId} is not complete`);
  }
  const byProducer = new Map<string, Uint8Array[]>();
  for (const { producerId, rtp } of packets) {
    const known = byProducer.get(producerId);
    if (known === undefined) byProducer.set(producerId, [rtp]);
    else known.push(rtp);
  }
  return byProducer;
}

/**
 * Splits what the listener sent:
 *
 *     | length (4, big-endian) | producer id (36, ASCII) | RTP packet (length - 36) |  repeated
 *
 * @throws TapError `malformed`
 */
export function parseTap(bytes: Uint8Array): TappedPacket[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: TappedPacket[] = [];
  for (let offset = 0; offset < bytes.length;) {
    if (offset + lengthBytes > bytes.length) throw new TapError('malformed', 'tap is cut off');
    const start = offset + lengthBytes;
    const end = start + view.getUint32(offset);
    if (end > bytes.length || end < start + producerIdBytes) {
      throw new TapError('malformed', 'tap is cut off');
    }
    packets.push({
      producerId: new TextDecoder().decode(bytes.subarray(start, start + producerIdBytes)),
      rtp: new Uint8Array(bytes.subarray(start + producerIdBytes, end)),
    });
    offset = end;
  }
  return packets;
}

function parseCall(value: unknown): TappedCall {
  if (isObject(value)) {
    const { callId, rtpPackets, rtpDropped } = value;
    if (
      typeof callId === 'string' &&
      typeof rtpPackets === 'number' &&
      typeof rtpDropped === 'number'
    ) {
      return { callId, rtpPackets, rtpDropped };
    }
  }
  throw new TapError('malformed', 'not a recorded call');
}
