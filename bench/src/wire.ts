/** Bytes as a network counts them: every datagram of a call, with the headers around it. */
import type { Datagram } from '@earshot/intercept/dissect/pcap';
import { isMedia } from '@earshot/intercept/stage/impairment';
import type { Topology } from '@earshot/keying/mode';
import type { Figure, Readings } from './figures.ts';

const wire = { group: 'wire', versus: 'ratio' } as const;

export const wireFigures = {
  perPacket: {
    ...wire,
    id: 'wire-per-packet',
    title: 'One audio packet on the wire',
    unit: 'bytes',
    digits: 0,
  },
  perSecond: {
    ...wire,
    id: 'wire-per-second',
    title: 'One direction of a call, everything in it',
    unit: 'bytes per second',
    digits: 0,
  },
} as const satisfies Record<string, Figure>;

/** IPv4 without options (RFC 791) and UDP (RFC 768). */
const headerBytes = 20 + 8;
/** Of a call of two: in a room each person's audio goes up once and down once. */
const flows: Readonly<Record<Topology, number>> = { direct: 2, room: 4 };

export interface WireCount {
  readonly topology: Topology;
  /** All that passed, in both directions. */
  readonly datagrams: readonly Datagram[];
  readonly seconds: number;
}

/** @throws Error where no audio passed. */
export function wireReadings({ topology, datagrams, seconds }: WireCount): Readings {
  const audio = datagrams.filter(({ payload }) => isMedia(payload) && !isRtcp(payload));
  if (audio.length === 0) throw new Error('no audio on the wire');
  return new Map<Figure, number>([
    [wireFigures.perPacket, bytesOf(audio) / audio.length],
    [wireFigures.perSecond, bytesOf(datagrams) / flows[topology] / seconds],
  ]);
}

function bytesOf(datagrams: readonly Datagram[]): number {
  return datagrams.reduce((sum, { payload }) => sum + payload.length + headerBytes, 0);
}

/** RFC 5761 section 4: packet types 192 to 223 are RTCP. */
function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}
