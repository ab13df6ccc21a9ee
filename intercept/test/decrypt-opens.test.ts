import { toBase64 } from '@earshot/keying/bytes';
import { createSrtcpSender } from '@earshot/keying/srtp';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writePcap } from '../src/dissect/pcap.ts';
import { readWav } from '../src/measure/wav.ts';
import { back, call, file, folder, inOrder, report, there } from './decrypt-captured-call.ts';
import { writeGeneratedCall } from './decrypt-generator.ts';

describe('what opens', () => {
  it.each([
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
    'AEAD_AES_128_GCM',
    'AEAD_AES_256_GCM',
  ] as const)('%s, key as base64', async (suite) => {
    const { packets, base64 } = call({ suite });
    const capture = file(inOrder(packets));
    const { code, report: found } = await report(capture, '--key', base64, '--suite', suite);
    expect(code).toBe(0);
    expect(found.streams).toMatchObject([
      { ssrc: '0x00000007', from: '10.0.0.1:4000', packets: 10, authentic: 10, lost: 0, roc: 0 },
    ]);
  });

  it('both directions with the SDP of both, same SSRC, MKI, lines that do not fit ignored', async () => {
    const alice = call({ mki: Buffer.from('00000005', 'hex') });
    const bob = call({ suite: 'AES_CM_128_HMAC_SHA1_32' });
    const sdp = file(
      [
        'v=0',
        'm=audio 4000 RTP/SAVP 0',
        'a=crypto:9 F8_128_HMAC_SHA1_80 inline:AAAA',
        'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:tooshort',
        `a=crypto:2 ${call({}).line.slice(11)}`,
        alice.line,
        'v=0',
        'm=audio 5000 RTP/SAVP 0',
        bob.line,
        bob.line,
      ].join('\r\n'),
    );
    const capture = file(
      writePcap(
        alice.packets.flatMap((payload, i) => [
          { atUs: i, ...there, payload },
          { atUs: i, ...back, payload: bob.packets[i]! },
        ]),
      ),
    );
    const { code, report: found } = await report(capture, '--sdp', sdp);
    expect(code).toBe(0);
    expect(found.streams.map(({ authentic, key }) => [authentic, key])).toEqual([
      [10, `${sdp} line 6`],
      [10, `${sdp} line 9`],
    ]);
    expect(found.keys.candidates).toHaveLength(3);
    expect(found.keys.ignored.map(({ origin }) => origin)).toEqual([
      `${sdp} line 3`,
      `${sdp} line 4`,
    ]);
  });

  it.each(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32', 'AEAD_AES_128_GCM'] as const)(
    'a stream that began long before the capture, across a wrap: %s',
    async (suite) => {
      const { packets, line } = call({ suite, roc: 700, firstSequence: 65_530, count: 12 });
      const capture = file(inOrder(packets));
      const { report: found } = await report(capture, '--crypto', line);
      expect(found.streams).toMatchObject([{ packets: 12, authentic: 12, lost: 0, roc: 701 }]);
      const bounded = await report(capture, '--crypto', line, '--max-roc', '699');
      // Without the counter nothing opens; after the bound nothing is tried.
      expect([bounded.code, bounded.report.streams[0]?.authentic]).toEqual([1, 0]);
    },
  );

  it('counts replayed, forged and lost packets', async () => {
    const { packets, line } = call({ count: 10 });
    const forged = new Uint8Array(packets[5]!);
    forged[20]! ^= 1;
    const sent = [...packets.slice(0, 3), packets[1]!, ...packets.slice(5), forged, packets[9]!];
    const { report: found } = await report(file(inOrder(sent)), '--crypto', line);
    // The forged one repeats an index that was authentic: it is refused before its tag is looked at.
    expect(found.streams).toMatchObject([
      { packets: 11, authentic: 8, replayed: 3, notAuthentic: 0, lost: 2 },
    ]);
  });

  it('SRTCP, and what else travels on the port', async () => {
    const { packets, line, key, suite } = call({});
    const rtcp = createSrtcpSender({ suite, key });
    const reports = [1, 2, 3].map(() => {
      const outcome = rtcp.protect(
        Uint8Array.of(0x80, 200, 0, 6, 0, 0, 0, 7, ...Array<number>(20).fill(0)),
      );
      if (!outcome.ok) throw new Error(outcome.reason);
      return outcome.bytes;
    });
    const stun = Buffer.from('000100002112a442' + '00'.repeat(12), 'hex');
    const dtls = Buffer.from('16fefd' + '00'.repeat(20), 'hex');
    const relayed = Buffer.concat([Buffer.from([0x40, 0, 0, packets[9]!.length]), packets[9]!]);
    const all = [stun, dtls, ...packets.slice(0, 9), relayed, ...reports, reports[0]!];
    const { report: found } = await report(file(inOrder(all)), '--crypto', line);
    expect(found.capture.datagrams).toMatchObject({
      stun: 1,
      dtls: 1,
      rtp: 10,
      rtcp: 4,
      turnChannel: 1,
    });
    expect(found.streams).toMatchObject([{ authentic: 10 }]);
    expect(found.rtcp).toMatchObject([{ packets: 4, authentic: 3, replayed: 1 }]);
  });

  it('a generated call of several senders', async () => {
    const path = join(folder, 'generated');
    const keyAndSalt = randomBytes(30);
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    writeGeneratedCall(path, { suite, packets: 400, senders: 2, keyAndSalt });
    const { report: found } = await report(path, '--key', toBase64(keyAndSalt), '--suite', suite);
    expect(found.streams).toMatchObject([
      { packets: 200, authentic: 200, lost: 0, roc: 0 },
      { packets: 200, authentic: 200, lost: 0, roc: 0 },
    ]);
  });
});

describe('recordings', () => {
  it('keep gaps as silence and put overtaking packets in order', async () => {
    const { packets, line } = call({ count: 10 });
    const [a, b, c, , , f, ...rest] = packets;
    const capture = file(inOrder([a!, c!, b!, f!, ...rest]));
    const out = join(folder, 'gap');
    const { report: found } = await report(capture, '--crypto', line, '--out', out);
    const [recording] = found.streams[0]!.recordings;
    expect(recording).toMatchObject({ codec: 'pcmu', seconds: 0.2, payloadsDecoded: 8 });
    const { samples, sampleRateHz } = readWav(recording!.wav!);
    // PCMU 0x80 is the loudest positive sample: 32124 of 32768.
    const isLoud = Array.from({ length: 10 }, (_, i) => (samples[i * 160 + 80] ?? 0) > 0.9);
    expect([sampleRateHz, samples.length]).toEqual([8000, 1600]);
    expect(isLoud).toEqual([true, true, true, false, false, true, true, true, true, true]);
  });

  it('need a payload type that is known', async () => {
    const { packets, line } = call({});
    const out = join(folder, 'codec');
    const sdp = file('a=rtpmap:0 telephone-event/8000\n');
    const named = await report(
      file(inOrder(packets)),
      '--crypto',
      line,
      '--sdp',
      sdp,
      '--out',
      out,
    );
    expect(named.report.streams[0]!.recordings).toEqual([]);
    const said = await report(
      file(inOrder(packets)),
      '--crypto',
      line,
      '--sdp',
      sdp,
      '--out',
      out,
      '--codec',
      '0=PCMA',
    );
    expect(said.report.streams[0]!.recordings).toMatchObject([{ codec: 'pcma' }]);
  });
});
