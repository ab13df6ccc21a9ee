/** Members without browsers in every mode and topology: real server, real media worker, real sockets. */
import { randomBytes } from 'node:crypto';
import { keyingModes, topologies, type Topology } from '@earshot/keying/mode';
import { createMediaServer } from '@earshot/sfu/media-server';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../signaling/test/wire.ts';
import type { MemberKeying } from '../src/call/call-keys.ts';
import { CallMember, type CallMemberOptions } from '../src/call/call-member.ts';
import { createCall } from '../src/call/create-call.ts';
import { encodeSpeech } from '../src/speech/encoded-speech.ts';
import { SpeechRecorder } from '../src/speech/speech-recorder.ts';
import { openSockets } from './open-sockets.ts';
import { shareOf, tone } from './tones.ts';

const voiceHz = { alice: 440, bob: 1000, carol: 2000 };
const voices = {
  alice: encodeSpeech(tone(voiceHz.alice), { rate: 'constant' }),
  bob: encodeSpeech(tone(voiceHz.bob), { rate: 'constant' }),
  carol: encodeSpeech(tone(voiceHz.carol), { rate: 'constant' }),
};
type Name = keyof typeof voiceHz;

let server: EarshotServer;
const toClose: { close(): Promise<void> | void }[] = [];
beforeAll(async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const place = { workers: 1, listenIp: '127.0.0.1', firstPort: 0 };
  const media = await createMediaServer({ ...place, allowTaps: false, log });
  server = await startServer({ media, env: { EARSHOT_RATE_SCALE: '10' } });
});
afterEach(async () => {
  for (const each of toClose.splice(0)) await each.close();
});
afterAll(() => server.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 20 });

async function join(name: Name, options: Omit<CallMemberOptions, 'serverUrl' | 'name'>) {
  const heard = new Map<string, SpeechRecorder>();
  const member = await CallMember.join({
    ...options,
    ...{ serverUrl: server.url, name },
    onFrame: (from, frame) => {
      const recorder = heard.get(from) ?? new SpeechRecorder();
      heard.set(from, recorder);
      recorder.add(frame);
    },
  });
  toClose.push(member);
  return { name, member, heard };
}
type Joined = Awaited<ReturnType<typeof join>>;

function keyingOf(mode: MemberKeying['mode']): MemberKeying {
  return mode === 'e2ee' ? { mode, linkSecret: new Uint8Array(randomBytes(32)) } : { mode };
}

async function placeCall(
  names: readonly Name[],
  options: { keying: MemberKeying; topology: Topology },
) {
  const { keying, topology } = options;
  const callId = await createCall({ serverUrl: server.url, mode: keying.mode, topology });
  const people: Joined[] = [];
  for (const name of names) people.push(await join(name, { callId, topology, keying }));
  await Promise.all(people.map(({ member }) => member.connected));
  return { callId, people };
}

function expectHears(listener: Joined, speaker: Joined): void {
  const recorder = listener.heard.get(speaker.member.self.id);
  expect(recorder?.counts.decoded ?? 0).toBeGreaterThan(50);
  const heard = recorder!.pcm();
  // The second half: what came before the keys is missing.
  const samples = heard.samples.subarray(-24_000);
  expect(shareOf(voiceHz[speaker.name], { ...heard, samples })).toBeGreaterThan(0.9);
}

describe.each(keyingModes)('in %s', (mode) => {
  test.each(topologies)('%s: two people hear each other', async (topology) => {
    const { people } = await placeCall(['alice', 'bob'], { keying: keyingOf(mode), topology });
    const [alice, bob] = people as [Joined, Joined];
    for (const { name, member } of people) member.speak(voices[name]);
    await until(() => {
      expectHears(alice, bob);
      expectHears(bob, alice);
    });
    for (const { member } of people) expect(member.failures).toEqual([]);
  });

  test('room: one who comes later hears two, told apart, and they hear them', async () => {
    const keying = keyingOf(mode);
    const { callId, people } = await placeCall(['alice', 'bob'], { keying, topology: 'room' });
    const [alice, bob] = people as [Joined, Joined];
    for (const { name, member } of people) member.speak(voices[name]);
    const carol = await join('carol', { callId, topology: 'room', keying });
    await carol.member.connected;
    carol.member.speak(voices.carol);
    await until(() => {
      for (const speaker of [alice, bob]) {
        expectHears(carol, speaker);
        expectHears(speaker, carol);
      }
    });
  });
});

describe('without the keys', () => {
  test('e2ee: a member who has another link secret opens nothing', async () => {
    const callId = await createCall({ serverUrl: server.url, mode: 'e2ee', topology: 'room' });
    const alice = await join('alice', { callId, topology: 'room', keying: keyingOf('e2ee') });
    const bob = await join('bob', { callId, topology: 'room', keying: keyingOf('e2ee') });
    await Promise.all([alice.member.connected, bob.member.connected]);
    alice.member.speak(voices.alice);
    await until(() => {
      expect(bob.member.opened(alice.member.self.id).dropped['no-key']).toBeGreaterThan(20);
      expect(bob.member.states.get(alice.member.self.id)?.kind).toBe('failed');
    });
    expect(bob.member.opened(alice.member.self.id).passed).toBe(0);
    expect(bob.heard.size).toBe(0);
  });

  test('e2ee: speech at a variable rate is not sent', async () => {
    const { people } = await placeCall(['alice'], { keying: keyingOf('e2ee'), topology: 'room' });
    const speech = encodeSpeech(tone(440), { rate: 'variable' });
    expect(() => people[0]!.member.speak(speech)).toThrow(TypeError);
    expect(people[0]!.member.sealed).toEqual({ passed: 0, dropped: {} });
  });
});

test.each(topologies)('%s: who leaves leaves no socket, however often', async (topology) => {
  const before = openSockets();
  const { people } = await placeCall(['alice', 'bob'], { keying: { mode: 'dtls' }, topology });
  const made = openSockets()?.filter((socket) => before?.includes(socket) === false);
  expect(made).not.toEqual([]);
  for (const { member } of people) {
    await Promise.all([member.close(), member.close()]);
    await member.close();
  }
  await until(() => {
    expect(openSockets()?.filter((socket) => made?.includes(socket) === true) ?? []).toEqual([]);
  });
});
