/** Peers without browsers and real speech through the real server: who hears whom, by correlation. */
import { randomBytes } from 'node:crypto';
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { CallMember } from '@earshot/peer/call-member';
import { createCall } from '@earshot/peer/create-call';
import { encodeSpeech } from '@earshot/peer/encoded-speech';
import { SdesParticipant } from '@earshot/peer/sdes-participant';
import { SpeechRecorder } from '@earshot/peer/speech-recorder';
import { createMediaServer } from '@earshot/sfu/media-server';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../signaling/test/wire.ts';
import { correlate, heardAtLeast, noiseAtMost } from '../src/measure/correlation.ts';
import { speechOf } from '../src/stage/speech.ts';

const voices = {
  alice: encodeSpeech(speechOf('alice'), { rate: 'constant' }),
  bob: encodeSpeech(speechOf('bob'), { rate: 'constant' }),
};
/** Some windows of two seconds. */
const enoughFrames = 200;

let server: EarshotServer;
const toClose: { close(): Promise<void> | void }[] = [];
beforeAll(async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const place = { workers: 1, listenIp: '127.0.0.1', firstPort: 0 };
  server = await startServer({
    media: await createMediaServer({ ...place, allowTaps: false, log }),
  });
});
afterEach(async () => {
  for (const each of toClose.splice(0)) await each.close();
});
afterAll(() => server.close());

interface Listener {
  readonly recorder: SpeechRecorder;
}

async function expectHeard(alice: Listener, bob: Listener): Promise<void> {
  await vi.waitFor(
    () => {
      expect(alice.recorder.counts.decoded).toBeGreaterThan(enoughFrames);
      expect(bob.recorder.counts.decoded).toBeGreaterThan(enoughFrames);
    },
    { timeout: 120_000, interval: 50 },
  );
  const [heardByAlice, heardByBob] = [alice.recorder.pcm(), bob.recorder.pcm()];
  const score = (speaker: 'alice' | 'bob', heard: typeof heardByAlice): number =>
    correlate({ said: speechOf(speaker), heard }).score;
  expect(score('bob', heardByAlice)).toBeGreaterThanOrEqual(heardAtLeast);
  expect(score('alice', heardByBob)).toBeGreaterThanOrEqual(heardAtLeast);
  expect(score('alice', heardByAlice)).toBeLessThanOrEqual(noiseAtMost);
  expect(score('bob', heardByBob)).toBeLessThanOrEqual(noiseAtMost);
}

function record(): SpeechRecorder {
  const recorder = new SpeechRecorder();
  toClose.push(recorder);
  return recorder;
}

test('SDES on the wire: two native endpoints hear each other', async () => {
  const callId = await createCall({ serverUrl: server.url, mode: 'sdes', topology: 'direct' });
  const join = async (name: 'alice' | 'bob') => {
    const recorder = record();
    const onFrame = recorder.add.bind(recorder);
    const peer = await SdesParticipant.join({ serverUrl: server.url, callId, name, onFrame });
    toClose.push(peer);
    return { peer, recorder };
  };
  const [alice, bob] = [await join('alice'), await join('bob')];
  await Promise.all([alice.peer.agreed, bob.peer.agreed]);
  alice.peer.speak(voices.alice);
  bob.peer.speak(voices.bob);
  await expectHeard(alice, bob);
});

const cases: readonly { readonly mode: KeyingMode; readonly topology: Topology }[] = [
  { mode: 'dtls', topology: 'room' },
  { mode: 'e2ee', topology: 'room' },
  { mode: 'e2ee', topology: 'direct' },
  { mode: 'sdes', topology: 'room' },
];

describe.each(cases)('members in $mode, $topology', ({ mode, topology }) => {
  test('hear each other', async () => {
    const callId = await createCall({ serverUrl: server.url, mode, topology });
    const linkSecret = new Uint8Array(randomBytes(32));
    const keying = mode === 'e2ee' ? ({ mode, linkSecret } as const) : ({ mode } as const);
    const join = async (name: 'alice' | 'bob') => {
      const recorder = record();
      const member = await CallMember.join({
        ...{ serverUrl: server.url, callId, topology, name, keying },
        onFrame: (_, frame) => recorder.add(frame),
      });
      toClose.push(member);
      return { member, recorder };
    };
    const [alice, bob] = [await join('alice'), await join('bob')];
    await Promise.all([alice.member.connected, bob.member.connected]);
    alice.member.speak(voices.alice);
    bob.member.speak(voices.bob);
    await expectHeard(alice, bob);
  });
});
