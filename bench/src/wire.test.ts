import type { Datagram } from '@earshot/intercept/dissect/pcap';
import { describe, expect, it } from 'vitest';
import { wireFigures, wireReadings } from './wire.ts';

function datagram(firstBytes: readonly number[], length: number): Datagram {
  const end = { address: '127.0.0.1', port: 9 };
  const payload = Buffer.alloc(length);
  payload.set(firstBytes);
  return { atUs: 0, from: end, to: end, payload };
}

describe('wireReadings', () => {
  const audio = [datagram([0x90, 111], 100), datagram([0x90, 0x80 | 111], 120)];
  const other = [datagram([0x80, 200], 60), datagram([0x00, 0x01], 92)];

  it('counts audio packets with the headers around them', () => {
    const readings = wireReadings({
      topology: 'direct',
      datagrams: [...audio, ...other],
      seconds: 2,
    });
    expect(readings.get(wireFigures.perPacket)).toBe(110 + 28);
    // Everything: (100 + 120 + 60 + 92 + 4 * 28) bytes in two directions and two seconds.
    expect(readings.get(wireFigures.perSecond)).toBe(484 / 4);
  });

  it.each([192, 223])('takes packet type %i for RTCP', (type) => {
    const datagrams = [...audio, datagram([0x80, type], 60)];
    const readings = wireReadings({ topology: 'direct', datagrams, seconds: 2 });
    expect(readings.get(wireFigures.perPacket)).toBe(110 + 28);
  });

  it('refuses a call in which nobody spoke', () => {
    expect(() => wireReadings({ topology: 'room', datagrams: other, seconds: 1 })).toThrow();
  });
});
