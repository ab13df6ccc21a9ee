/** `sdes`: what the media server forwards, written as a capture, is opened by a program that is not ours. */
import { writePcap, type Datagram } from '@earshot/intercept/dissect/pcap';
import { dissectRtp } from '@earshot/intercept/dissect/rtp';
import { correlate, heardAtLeast, noiseAtMost } from '@earshot/intercept/measure/correlation';
import { hasFfmpeg, openWithFfmpeg } from '@earshot/intercept/stage/ffmpeg-srtp';
import { operatorView } from '@earshot/intercept/stage/operator';
import { speechOf } from '@earshot/intercept/stage/speech';
import { expect, test } from '../fixtures/test.ts';

test.skip(!hasFfmpeg, 'ffmpeg is not installed: apt-get install ffmpeg');

test('ffmpeg opens the inner SRTP with the key from the signaling log', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall({ mode: 'sdes', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await bob.expectHears('alice');
  const aliceId = await bob.idOf('alice');
  await alice.hangUp();

  const { record, packets } = await operatorView(stack, link);
  const line = record.keys().find(({ from }) => from === aliceId)?.line ?? '';
  const srtp = (packets.get(aliceId) ?? []).map(({ payload }) => payload);
  const pcap = writePcap(srtp.map(asDatagram));
  const payloadType = dissectRtp(srtp[0] ?? new Uint8Array())?.header.payloadType ?? 0;
  // 50 packets a second; ffmpeg keeps some back to put them in order.
  const seconds = Math.min(8, Math.floor(srtp.length / 50) - 1);
  const heard = await openWithFfmpeg({ pcap, cryptoLine: line, payloadType, seconds });
  const said = speechOf('alice');
  expect(correlate({ said, heard }).score).toBeGreaterThanOrEqual(heardAtLeast);
  expect(correlate({ said: speechOf('bob'), heard }).score).toBeLessThanOrEqual(noiseAtMost);
});

function asDatagram(payload: Uint8Array, index: number): Datagram {
  return {
    atUs: index * 20_000,
    from: { address: '127.0.0.1', port: 40_000 },
    to: { address: '127.0.0.1', port: 40_002 },
    payload,
  };
}
