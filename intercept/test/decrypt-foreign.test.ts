/** Captures that other programs made: ffmpeg sends SRTP, tcpdump and editcap write files. */
import { toBase64 } from '@earshot/keying/bytes';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { G722Decoder } from '../src/decrypt/audio/g722.ts';
import { runDecrypt } from '../src/decrypt/main.ts';
import type { DecryptReport, StreamReport } from '../src/decrypt/report.ts';
import { readPcap, writePcap, type Datagram } from '../src/dissect/pcap.ts';
import { rms } from '../src/measure/pcm.ts';
import { readWav } from '../src/measure/wav.ts';

const isInstalled = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args).status === 0;
const hasFfmpeg = isInstalled('ffmpeg', '-version');
const hasEditcap = isInstalled('editcap', '--version');
const hasTcpdump = isInstalled('tcpdump', '--version');

const folder = mkdtempSync(join(tmpdir(), 'earshot-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function streamOf(...args: string[]): Promise<{ code: number; stream: StreamReport }> {
  let out = '';
  let error = '';
  const code = await runDecrypt([...args, '--json'], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (error += text) },
  });
  if (code === 2) throw new Error(error);
  const { streams } = JSON.parse(out) as DecryptReport;
  expect(streams).toHaveLength(1);
  return { code, stream: streams[0]! };
}

const toneHz = 440;
const toneS = 2;
const frameMs = 20;
/** Too short for a packet. */
const last = Buffer.from('last');

/** The tone as SRTP of ffmpeg, captured on loopback. */
async function sentByFfmpeg(options: { suite: string; key: string; codec: string[] }) {
  const socket = createSocket('udp4');
  const datagrams: Datagram[] = [];
  const arrived = Promise.withResolvers<undefined>();
  socket.on('message', (payload, from) => {
    if (payload.equals(last)) {
      arrived.resolve(undefined);
      return;
    }
    datagrams.push({
      atUs: Date.now() * 1000,
      from: { address: from.address, port: from.port },
      to: { address: '127.0.0.1', port: socket.address().port },
      payload: new Uint8Array(payload),
    });
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const tone = `sine=frequency=${toneHz}:duration=${toneS}`;
  const ffmpeg = spawn('ffmpeg', [
    ...['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', tone, ...options.codec, '-f', 'rtp'],
    ...['-srtp_out_suite', options.suite, '-srtp_out_params', options.key],
    `srtp://127.0.0.1:${port}?rtcpport=${port}`,
  ]);
  const [exitCode] = (await once(ffmpeg, 'exit')) as [number | null];
  expect(exitCode).toBe(0);
  // What it sent is in the socket's buffer by now, and what comes last comes behind all of it.
  const sender = createSocket('udp4');
  sender.send(last, port, '127.0.0.1', () => sender.close());
  await arrived.promise;
  socket.close();
  expect(datagrams.length).toBeGreaterThanOrEqual((toneS * 1000) / 100);
  const capture = join(folder, `${options.suite}-${options.codec[1]}.pcap`);
  writeFileSync(capture, writePcap(datagrams));
  return { capture, datagrams };
}

describe.skipIf(!hasFfmpeg)('SRTP that ffmpeg sends (skipped where ffmpeg is missing)', () => {
  it.each([
    ['AES_CM_128_HMAC_SHA1_80', ['-c:a', 'libopus'], 'opus', 48_000],
    ['AES_CM_128_HMAC_SHA1_32', ['-c:a', 'pcm_alaw', '-ar', '8000'], 'pcma', 8000],
    ['AES_CM_128_HMAC_SHA1_80', ['-c:a', 'pcm_mulaw', '-ar', '8000'], 'pcmu', 8000],
    ['AES_CM_128_HMAC_SHA1_80', ['-c:a', 'g722', '-ac', '1', '-ar', '16000'], 'g722', 16_000],
  ])(
    '%s, %s: every packet is authentic, and the tone is heard',
    async (suite, codec, name, rateHz) => {
      const key = toBase64(randomBytes(30));
      const { capture } = await sentByFfmpeg({ suite, key, codec });
      // ffmpeg calls its first dynamic type 97; the others are static.
      const sdp = join(folder, 'call.sdp');
      writeFileSync(sdp, `a=crypto:1 ${suite} inline:${key}\r\na=rtpmap:97 opus/48000/2\r\n`);
      const out = join(folder, name);
      const { code, stream } = await streamOf(capture, '--sdp', sdp, '--out', out);
      expect(code).toBe(0);
      expect(stream).toMatchObject({ authentic: stream.packets, notAuthentic: 0, lost: 0 });
      expect(stream.packets).toBeGreaterThan(0);
      expect(stream.recordings).toMatchObject([{ codec: name, payloadsRefused: 0 }]);
      const heard = readWav(stream.recordings[0]!.wav!);
      expect(heard.sampleRateHz).toBe(rateHz);
      expect(heard.samples.length / rateHz).toBeGreaterThan(toneS - 0.2);
      expect(rms(heard.samples)).toBeGreaterThan(0.05);
      expect(crossingsHz(heard.samples, rateHz)).toBeCloseTo(toneHz, -1);
      const other = ['--key', toBase64(randomBytes(30)), '--suite', suite];
      const wrong = await streamOf(capture, ...other, '--max-roc', '4', '--out', `${out}-wrong`);
      expect([wrong.code, wrong.stream.authentic, wrong.stream.recordings]).toEqual([1, 0, []]);
    },
  );
});

/** Upward zero crossings per second. */
function crossingsHz(samples: Float32Array, rateHz: number): number {
  const crossings = samples.reduce(
    (count, sample, i) => count + (sample >= 0 && (samples[i - 1] ?? 0) < 0 ? 1 : 0),
    0,
  );
  return crossings / (samples.length / rateHz);
}

it.skipIf(!hasFfmpeg)('G.722 decodes to the samples that ffmpeg decodes it to', () => {
  const run = (...args: string[]): Buffer => {
    const { status, stdout } = spawnSync(
      'ffmpeg',
      ['-hide_banner', '-loglevel', 'error', ...args, '-'],
      { maxBuffer: 2 ** 24 },
    );
    expect(status).toBe(0);
    return stdout;
  };
  // A sweep and noise, loud enough to reach the limits of both bands.
  const sound = 'aevalsrc=0.9*sin(2*PI*(50+1200*t)*t)+0.3*random(0)-0.15:s=16000:d=3';
  const coded = run('-f', 'lavfi', '-i', sound, '-c:a', 'g722', '-f', 'g722');
  const path = join(folder, 'sweep.g722');
  writeFileSync(path, coded);
  const expected = run('-f', 'g722', '-i', path, '-f', 's16le', '-c:a', 'pcm_s16le');
  const decoded = new G722Decoder().decode(coded);
  expect(coded.length).toBeGreaterThan(20_000);
  expect(Buffer.from(decoded.buffer).equals(expected)).toBe(true);
});

describe('files of other programs', () => {
  const datagrams = Array.from({ length: 20 }, (_, i) => ({
    atUs: 1_700_000_000_000_000 + i * frameMs * 1000,
    from: { address: '10.0.0.1', port: 4000 },
    to: { address: '10.0.0.2', port: 5000 },
    payload: Uint8Array.of(0x80, 0, 0, i, ...Array<number>(40).fill(i)),
  }));
  const original = join(folder, 'original.pcap');
  writeFileSync(original, writePcap(datagrams));

  it.skipIf(!hasEditcap).each(['pcapng', 'pcap', 'nsecpcap'])(
    'editcap writes %s (skipped where editcap is missing)',
    (format) => {
      const path = join(folder, `converted.${format}`);
      expect(spawnSync('editcap', ['-F', format, original, path]).status).toBe(0);
      expect(readPcap(readFileSync(path))).toEqual(datagrams);
    },
  );

  it.skipIf(!hasTcpdump)('tcpdump writes what it read (skipped where tcpdump is missing)', () => {
    const path = join(folder, 'tcpdump.pcap');
    spawnSync('tcpdump', ['-r', original, '-w', path]);
    expect(existsSync(path)).toBe(true);
    expect(readPcap(readFileSync(path))).toEqual(datagrams);
  });
});
