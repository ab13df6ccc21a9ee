import { serializeRtpPacket } from '@earshot/keying/srtp';
import { describe, expect, it } from 'vitest';
import { dissectRtp } from '../dissect/rtp.ts';
import { PacketTamperer, type Tampering } from './frame-tampering.ts';

describe('PacketTamperer', () => {
  it('leaves packets alone as the control', () => {
    expect(run('none', ['aa', 'bb'])).toEqual(['1:aa', '2:bb']);
  });

  it('turns one bit around, cuts the end, puts clear Opus in', () => {
    expect(run('flip-bit', ['000000'])).toEqual(['1:000100']);
    expect(run('truncate', ['010203'])).toEqual(['1:0102']);
    expect(run('clear-opus', ['0102'])).toEqual(['1:f8fffe']);
  });

  it('exchanges neighbours', () => {
    expect(run('swap', ['aa', 'bb', 'cc'])).toEqual(['1:bb', '2:aa']);
  });

  it('repeats only what was delivered', () => {
    const tamperer = new PacketTamperer();
    expect(run('replay', ['aa'], tamperer)).toEqual([]);
    run('none', ['b1', 'b2'], tamperer);
    run('truncate', ['c1c2'], tamperer);
    expect(run('replay', ['d1', 'd2', 'd3'], tamperer)).toEqual(['1:b2', '2:b1', '3:b2']);
  });

  it("puts another sender's payloads in, in order", () => {
    const other = new PacketTamperer();
    run('none', ['e1', 'e2'], other);
    const taken = run('other-sender', ['aa', 'bb', 'cc'], new PacketTamperer(), other);
    expect(taken).toEqual(['1:e1', '2:e2']);
  });
});

/** `sequence number:payload` of what comes out. */
function run(
  tampering: Tampering,
  payloads: readonly string[],
  tamperer = new PacketTamperer(),
  other?: PacketTamperer,
): string[] {
  return payloads.flatMap((hex, i) => {
    const packet = serializeRtpPacket({
      payloadType: 111,
      sequenceNumber: i + 1,
      timestamp: 960 * i,
      ssrc: 1,
      payload: new Uint8Array(Buffer.from(hex, 'hex')),
    });
    return tamperer
      .tamper(packet, { tampering, takeForeign: () => other?.takePayload() })
      .map((sent) => {
        const dissected = dissectRtp(sent);
        const payload = Buffer.from(dissected?.payload ?? []).toString('hex');
        return `${dissected?.header.sequenceNumber ?? 0}:${payload}`;
      });
  });
}
