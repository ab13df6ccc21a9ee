import fc from 'fast-check';
import { KeyingError } from '@earshot/keying/errors';
import { describe, expect, it } from 'vitest';
import { readDescription, writeDescription } from './sdes-description.ts';

const ipv4 = fc.ipV4().filter((address) => address !== '0.0.0.0');
const port = fc.integer({ min: 10, max: 65_535 });

describe('a description', () => {
  it('says where and what, there and back', () => {
    fc.assert(
      fc.property(ipv4, port, fc.integer({ min: 96, max: 127 }), (address, p, payloadType) => {
        const audio = { address, port: p, payloadType };
        expect(readDescription(writeDescription(audio))).toEqual(audio);
      }),
    );
  });

  it('is read or refused, whatever it holds', () => {
    const line = fc.constantFrom(
      ...['m=audio 9 RTP/SAVP 111', 'm=audio 5000 RTP/SAVPF 96', 'm=video 1 RTP/AVP 96', 'v=0'],
      ...['a=rtpmap:96 opus/48000/2', 'a=rtpmap:999 opus/48000/2', 'c=IN IP4 0.0.0.0', 'c=IN IP4'],
      ...['c=IN IP6 ::1', 'a=candidate:1 1 udp 1 10.0.0.1 7 typ host', 'a=candidate:'],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }), (lines) => {
        try {
          const { address, port: p } = readDescription(lines.join('\r\n'));
          expect(address).toMatch(/^[\d.]+$/);
          expect(p).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(KeyingError);
        }
      }),
    );
  });

  const offer = (media: string, ...lines: string[]) =>
    ['v=0', 'c=IN IP4 192.0.2.1', 't=0 0', media, 'a=rtpmap:96 opus/48000/2', ...lines].join(
      '\r\n',
    );

  it('names an address per stream before the one for all', () => {
    const sdp = offer('m=audio 5000 RTP/SAVP 96', 'c=IN IP4 192.0.2.7', 'm=video 1 RTP/SAVP 97');
    expect(readDescription(sdp)).toEqual({ address: '192.0.2.7', port: 5000, payloadType: 96 });
    expect(readDescription(offer('m=audio 5000 RTP/SAVPF 96')).address).toBe('192.0.2.1');
  });

  it('falls back on candidates where c= and m= name no place', () => {
    const candidate = 'a=candidate:1 1 udp 2113937151 192.0.2.9 6000 typ host';
    const place = { address: '192.0.2.9', port: 6000, payloadType: 96 };
    expect(readDescription(offer('m=audio 9 RTP/SAVP 96', candidate))).toEqual(place);
    expect(readDescription(offer('m=audio 5000 RTP/SAVP 96', candidate)).port).toBe(5000);
  });

  it.each([
    ['without audio', offer('m=video 5000 RTP/SAVP 96')],
    ['rejected', offer('m=audio 0 RTP/SAVP 96')],
    ['in clear', offer('m=audio 5000 RTP/AVP 96')],
    ['under DTLS', offer('m=audio 5000 UDP/TLS/RTP/SAVPF 96')],
    ['without a place', offer('m=audio 9 RTP/SAVP 96')],
    ['without Opus', offer('m=audio 5000 RTP/SAVP 0').replace('opus', 'PCMU')],
  ])('is refused: a stream %s', (_, sdp) => {
    expect(() => readDescription(sdp)).toThrow(KeyingError);
  });
});
