import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../src/bytes.ts';
import { Secret } from '../src/secret.ts';
import { createSrtpReceiver, parseRtpHeader } from '../src/srtp/index.ts';
import { seededRandom } from './seeded-random.ts';

const isInstalled = spawnSync('ffmpeg', ['-version']).status === 0;

/** One second of a tone as Opus, sent as SRTP by a sender that is not ours. */
const toneSeconds = 1;

describe('SRTP from ffmpeg', () => {
  const socket = createSocket('udp4');
  const received: Uint8Array[] = [];
  /** Too short for a packet. */
  const last = Buffer.from('last');
  let onLast: ((value: undefined) => void) | undefined;
  beforeAll(async () => {
    socket.on('message', (message) => {
      if (message.equals(last)) onLast?.(undefined);
      else received.push(new Uint8Array(message));
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  });
  afterAll(() => socket.close());

  it.for(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)(
    'opens every packet under %s',
    async (suite, { skip }) => {
      skip(!isInstalled, 'ffmpeg is not on the PATH');
      received.length = 0;
      const keyAndSalt = seededRandom(suite.length)(30);
      const tone = `sine=frequency=440:duration=${toneSeconds}`;
      const target = `srtp://127.0.0.1:${socket.address().port}?rtcpport=9`;
      const ffmpeg = spawn('ffmpeg', [
        ...['-loglevel', 'error', '-f', 'lavfi', '-i', tone, '-c:a', 'libopus', '-f', 'rtp'],
        ...['-srtp_out_suite', suite, '-srtp_out_params', toBase64(keyAndSalt), target],
      ]);
      const [exitCode] = (await once(ffmpeg, 'exit')) as [number | null];
      expect(exitCode).toBe(0);
      // They are all in the socket's buffer once the sender has ended, and what comes last comes behind them.
      const arrived = new Promise((resolve) => (onLast = resolve));
      const sender = createSocket('udp4');
      sender.send(last, socket.address().port, '127.0.0.1', () => sender.close());
      await arrived;
      // 20 ms frames.
      expect(received.length).toBeGreaterThanOrEqual(toneSeconds * 50);

      const keys = [{ keyAndSalt: Secret.take(keyAndSalt) }] as const;
      const receiver = createSrtpReceiver({ suite, keys });
      for (const packet of received) {
        const opened = receiver.unprotect(packet);
        expect(opened.ok ? parseRtpHeader(opened.bytes)?.ssrc : opened.reason).toBe(
          parseRtpHeader(packet)?.ssrc,
        );
      }
      const wrong = [{ keyAndSalt: Secret.take(seededRandom(99)(30)) }] as const;
      const stranger = createSrtpReceiver({ suite, keys: wrong });
      expect(stranger.unprotect(received[0]!)).toEqual({ ok: false, reason: 'auth' });
    },
  );
});
