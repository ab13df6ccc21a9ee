import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reordering, Timeline, type TimedPayload } from './timeline.ts';

function drain(packets: readonly TimedPayload[]): number[] {
  const ordering = new Reordering();
  const out = packets.flatMap((packet) => ordering.add(packet) ?? []);
  for (let next = ordering.next(); next !== undefined; next = ordering.next()) out.push(next);
  return out.map(({ sequenceNumber }) => sequenceNumber);
}

describe('Reordering', () => {
  it('puts packets in order that overtook each other by less than it holds, across the wrap', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 65_535 }),
        fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 200 }),
        (first, delays) => {
          const sent = delays.map((delay, i) => ({
            arrival: i + delay,
            packet: {
              sequenceNumber: (first + i) % 65_536,
              timestamp: 0,
              payload: new Uint8Array(),
            },
          }));
          const arrived = [...sent].sort((a, b) => a.arrival - b.arrival);
          expect(drain(arrived.map(({ packet }) => packet))).toEqual(
            sent.map(({ packet }) => packet.sequenceNumber),
          );
        },
      ),
    );
  });
});

describe('Timeline', () => {
  it('follows timestamps across their wrap, and goes on behind a jump that nobody waits for', () => {
    const timeline = new Timeline(8000);
    expect(timeline.place(2 ** 32 - 160, 0)).toBe(0);
    expect(timeline.place(0, 160)).toBe(160);
    expect(timeline.place(8000, 320)).toBe(8160);
    expect(timeline.place(2 ** 31, 8320)).toBe(8320);
    expect(timeline.place(5, 8480)).toBe(8480);
    expect(timeline.jumps).toBe(2);
  });
});
