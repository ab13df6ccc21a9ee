/** The operator on the media path, without browsers: a tapped wire, and two DTLS connections in the middle. */
import { CallMember } from '@earshot/peer/call-member';
import { createCall } from '@earshot/peer/create-call';
import { encodeSpeech } from '@earshot/peer/encoded-speech';
import { SpeechRecorder } from '@earshot/peer/speech-recorder';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../signaling/test/wire.ts';
import { correlate, heardAtLeast, noiseAtMost } from '../src/measure/correlation.ts';
import { startActiveRelay } from '../src/operator/active-relay.ts';
import { FingerprintSwap } from '../src/operator/fingerprint-swap.ts';
import { recoverAsOpus } from '../src/recover/audio.ts';
import { recoverFromWire } from '../src/recover/from-wire.ts';
import { placeNativeCall } from '../src/stage/native-call.ts';
import { speechOf, type Speaker } from '../src/stage/speech.ts';
import { SignalingRecord } from '../src/tap/signaling-record.ts';

let server: EarshotServer;
const toClose: { close(): Promise<void> | void }[] = [];
beforeAll(async () => {
  server = await startServer({ env: { EARSHOT_LAB: '1' } });
});
afterEach(async () => {
  for (const each of toClose.splice(0).reverse()) await each.close();
});
afterAll(() => server.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 20 });

test('a captured call of native endpoints opens with the log, and not without it', async () => {
  const { url, operatorUrl = '' } = server;
  const call = await placeNativeCall({ url, operatorUrl });
  const opened = await recoverFromWire(call.wire, call.record);
  for (const { id, speaker, otherSpeaker, heard } of call.people) {
    const stream = opened.streams.find(({ senderId }) => senderId === id);
    expect(stream?.authentic).toBe(stream?.stream.packets.length);
    const pcm = stream?.pcm ?? { sampleRateHz: 48_000, samples: new Float32Array(0) };
    expect(correlate({ said: speechOf(speaker), heard: pcm }).score).toBeGreaterThan(heardAtLeast);
    expect(correlate({ said: speechOf(otherSpeaker), heard }).score).toBeGreaterThan(heardAtLeast);
  }
  const shut = await recoverFromWire(call.wire, new SignalingRecord(''));
  expect(shut.streams.map(({ authentic }) => authentic)).toEqual([0, 0]);
  for (const { pcm } of shut.streams) {
    for (const speaker of ['alice', 'bob'] as const) {
      const { score } = correlate({ said: speechOf(speaker), heard: pcm });
      expect(score).toBeLessThan(noiseAtMost);
    }
  }
});

describe('FingerprintSwap', () => {
  /** Some windows of two seconds. */
  const enoughFrames = 200;

  async function call(what: 'swap' | 'watch') {
    const relay = await startActiveRelay({ upstreamUrl: server.url });
    toClose.push(relay);
    const swap = new FingerprintSwap(relay, what);
    toClose.push(swap);
    const callId = await createCall({ serverUrl: relay.url, mode: 'dtls', topology: 'direct' });
    const alice = await join('alice', { serverUrl: relay.url, callId });
    const bob = await join('bob', { serverUrl: relay.url, callId });
    await Promise.all([alice.member.connected, bob.member.connected]);
    for (const { member, speaker } of [alice, bob]) {
      member.speak(encodeSpeech(speechOf(speaker), { rate: 'variable' }));
    }
    await until(() => {
      expect(alice.recorder.counts.decoded).toBeGreaterThan(enoughFrames);
      expect(bob.recorder.counts.decoded).toBeGreaterThan(enoughFrames);
    });
    return { alice, bob, swap };
  }

  async function join(
    speaker: Speaker,
    { serverUrl, callId }: { readonly serverUrl: string; readonly callId: string },
  ) {
    const recorder = new SpeechRecorder();
    const member = await CallMember.join({
      ...{ serverUrl, callId, name: speaker },
      ...{ topology: 'direct', keying: { mode: 'dtls' } },
      onFrame: (_from, frame) => {
        recorder.add(frame);
      },
    });
    toClose.push(recorder, member);
    return { speaker, member, recorder };
  }

  test('hears both, who go on hearing each other', async () => {
    const { alice, bob, swap } = await call('swap');
    expect(swap.failure).toBeUndefined();
    expect(swap.swapped.map(({ verb }) => verb)).toEqual(['offer', 'answer']);
    for (const { before, after } of swap.swapped) {
      const [own, given] = [before, after].map((sdp) => /^a=fingerprint:.*$/m.exec(sdp)?.[0]);
      expect(own).toBeDefined();
      expect(given).not.toBe(own);
    }
    const [first, second] = swap.victims;
    for (const [victim, person, other] of [
      [first, alice, bob],
      [second, bob, alice],
    ] as const) {
      const said = speechOf(person.speaker);
      expect(victim?.id).toBe(person.member.self.id);
      const { pcm } = await recoverAsOpus(victim?.packets ?? []);
      expect(correlate({ said, heard: pcm }).score).toBeGreaterThan(heardAtLeast);
      const heard = other.recorder.pcm();
      expect(correlate({ said, heard }).score).toBeGreaterThan(heardAtLeast);
    }
  });

  test('gets nothing where descriptions pass as they are', async () => {
    const { swap } = await call('watch');
    expect(swap.swapped).toEqual([]);
    expect(swap.victims.map(({ packets }) => packets.length)).toEqual([0, 0]);
  });
});
