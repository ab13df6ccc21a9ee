/**
 * Our SRTP and SRTCP against another implementation, live: mediasoup's PlainTransport (libsrtp) over
 * loopback UDP, in both directions, under every suite.
 */
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import { Secret } from '@earshot/keying/secret';
import {
  createSrtcpReceiver,
  createSrtpReceiver,
  createSrtpSender,
  isRtcp,
  parseRtpHeader,
} from '@earshot/keying/srtp';
import { createWorker, type types } from 'mediasoup';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

/** Ends a test that hangs: no bound on how long a busy machine may take. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000 });

/** Key and salt bytes by suite: RFC 3711 section 8.2, RFC 7714 section 12. */
const suites = [
  ['AES_CM_128_HMAC_SHA1_80', 30],
  ['AES_CM_128_HMAC_SHA1_32', 30],
  ['AEAD_AES_128_GCM', 28],
  ['AEAD_AES_256_GCM', 44],
] as const;
type Suite = (typeof suites)[number][0];

const ssrc = 0x1122_3344;
const payloadType = 101;
const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;

let worker: types.Worker;
let router: types.Router;

beforeAll(async () => {
  worker = await createWorker({ logLevel: 'none' });
  router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
  });
});
afterAll(async () => {
  const gone = once(worker, 'subprocessclose');
  worker.close();
  await gone;
});

function opusStream(): types.RtpParameters {
  return {
    codecs: [{ mimeType: 'audio/opus', payloadType, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc }],
  };
}

/** RFC 3550 section 5.1, fixed header only. */
function rtpPacket(sequence: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = payloadType;
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

const payloadOf = (rtp: Uint8Array): string =>
  Buffer.from(rtp.subarray(parseRtpHeader(rtp)!.headerBytes)).toString('hex');

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** A PlainTransport that knows our key and address. */
async function srtpTransport(suite: Suite, socket: Socket, ourKey: Uint8Array) {
  const transport = await router.createPlainTransport({
    listenInfo,
    rtcpMux: true,
    enableSrtp: true,
    srtpCryptoSuite: suite,
  });
  await transport.connect({
    ip: '127.0.0.1',
    port: socket.address().port,
    srtpParameters: { cryptoSuite: suite, keyBase64: toBase64(ourKey) },
  });
  const theirKey = fromBase64(transport.srtpParameters!.keyBase64);
  return { transport, theirKey, port: transport.tuple.localPort };
}

describe.each(suites)('%s', (suite, keyAndSaltBytes) => {
  test('mediasoup opens what we protect, and drops it changed', async () => {
    const socket = await boundSocket();
    const ourKey = randomBytes(keyAndSaltBytes);
    const { transport, port } = await srtpTransport(suite, socket, ourKey);
    const producer = await transport.produce({ kind: 'audio', rtpParameters: opusStream() });
    const direct = await router.createDirectTransport();
    const consumer = await direct.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities,
    });
    const opened: string[] = [];
    consumer.on('rtp', (packet) => opened.push(payloadOf(packet)));

    const sender = createSrtpSender({ suite, key: { keyAndSalt: Secret.copy(ourKey) } });
    // Across the wrap of the sequence number, so that both sides must count roll-overs.
    const sequences = [65_533, 65_534, 65_535, 0, 1, 2];
    const payloads = sequences.map(() => randomBytes(60));
    for (const [index, payload] of payloads.entries()) {
      const outcome = sender.protect(rtpPacket(sequences[index]!, payload));
      if (!outcome.ok) expect.fail(outcome.reason);
      // Another packet under the same index, with one bit of the payload flipped, comes first.
      const forged = outcome.bytes.slice();
      forged[20]! ^= 1;
      socket.send(forged, port, '127.0.0.1');
      socket.send(outcome.bytes, port, '127.0.0.1');
      await until(() => expect(opened.length).toBeGreaterThan(index));
    }
    expect(opened).toEqual(payloads.map((payload) => payload.toString('hex')));
    transport.close();
    direct.close();
    socket.close();
  });

  test('we open what mediasoup protects, RTP and RTCP', async () => {
    const socket = await boundSocket();
    const { transport, theirKey } = await srtpTransport(
      suite,
      socket,
      randomBytes(keyAndSaltBytes),
    );
    expect(theirKey).toHaveLength(keyAndSaltBytes);
    const direct = await router.createDirectTransport();
    const producer = await direct.produce({ kind: 'audio', rtpParameters: opusStream() });
    const consumer = await transport.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities,
    });
    const key = { keyAndSalt: Secret.copy(theirKey) };
    const rtp = createSrtpReceiver({ suite, keys: [key] });
    const rtcp = createSrtcpReceiver({ suite, keys: [key] });
    const stranger = createSrtpReceiver({
      suite,
      keys: [{ keyAndSalt: Secret.copy(randomBytes(keyAndSaltBytes)) }],
    });
    const opened: string[] = [];
    const reports: Uint8Array[] = [];
    const rejections: string[] = [];
    const strangerOutcomes: string[] = [];
    socket.on('message', (packet) => {
      const outcome = (isRtcp(packet) ? rtcp : rtp).unprotect(packet);
      if (!outcome.ok) {
        rejections.push(outcome.reason);
      } else if (isRtcp(packet)) {
        reports.push(outcome.bytes);
      } else {
        opened.push(payloadOf(outcome.bytes));
        const other = stranger.unprotect(packet);
        strangerOutcomes.push(other.ok ? 'opened' : other.reason);
      }
    });
    const payloads = Array.from({ length: 6 }, () => randomBytes(60));
    for (const [index, payload] of payloads.entries()) {
      producer.send(rtpPacket(100 + index, payload));
      await until(() => expect(opened.length).toBeGreaterThan(index));
    }
    expect(opened).toEqual(payloads.map((payload) => payload.toString('hex')));
    expect(strangerOutcomes).toEqual(payloads.map(() => 'auth'));
    await until(() => expect(reports.length).toBeGreaterThan(0));
    // RFC 3550 section 6.4.1: a sender report (200) of the consumer's SSRC, at offset 4.
    const report = Buffer.from(reports[0]!);
    expect(report[1]).toBe(200);
    expect(report.readUInt32BE(4)).toBe(consumer.rtpParameters.encodings![0]!.ssrc);
    expect(rejections).toEqual([]);
    transport.close();
    direct.close();
    socket.close();
  });
});
