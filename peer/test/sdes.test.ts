/** Native SDES endpoints: through the real signaling server, over real sockets. */
import { createSocket } from 'node:dgram';
import { KeyingError } from '@earshot/keying/errors';
import { cryptoSuites } from '@earshot/keying/sdes';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../signaling/test/wire.ts';
import { createCall } from '../src/call/create-call.ts';
import { SdesEndpoint, type SdesEndpointOptions } from '../src/sdes/sdes-endpoint.ts';
import { SdesParticipant } from '../src/sdes/sdes-participant.ts';
import { encodeSpeech } from '../src/speech/encoded-speech.ts';
import { SpeechRecorder } from '../src/speech/speech-recorder.ts';
import { openSockets } from './open-sockets.ts';
import { shareOf, tone } from './tones.ts';

const voiceHz = { alice: 440, bob: 1000 };
const alicesVoice = encodeSpeech(tone(voiceHz.alice), { rate: 'variable' });
const bobsVoice = encodeSpeech(tone(voiceHz.bob), { rate: 'constant' });

let server: EarshotServer;
const toClose: { close(): Promise<void> | void }[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterEach(async () => {
  for (const each of toClose.splice(0)) await each.close();
});
afterAll(() => server.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 10 });

async function open(options?: SdesEndpointOptions): Promise<SdesEndpoint> {
  const endpoint = await SdesEndpoint.open(options);
  toClose.push(endpoint);
  return endpoint;
}

async function join(name: string, callId: string) {
  const recorder = new SpeechRecorder();
  const participant = await SdesParticipant.join({
    serverUrl: server.url,
    callId,
    name,
    onFrame: (frame) => recorder.add(frame),
  });
  toClose.push(participant, recorder);
  return { participant, recorder };
}

describe('two people in a direct call', () => {
  test('hear each other, reports included', async () => {
    const callId = await createCall({ serverUrl: server.url, mode: 'sdes', topology: 'direct' });
    const alice = await join('Alice', callId);
    const bob = await join('Bob', callId);
    await Promise.all([alice.participant.agreed, bob.participant.agreed]);
    alice.participant.speak(alicesVoice);
    bob.participant.speak(bobsVoice);
    await until(() => {
      expect(alice.recorder.counts.decoded).toBeGreaterThan(50);
      expect(bob.recorder.counts.decoded).toBeGreaterThan(50);
    });
    const [heardByAlice, heardByBob] = [alice.recorder.pcm(), bob.recorder.pcm()];
    expect(shareOf(voiceHz.bob, heardByAlice)).toBeGreaterThan(0.9);
    expect(shareOf(voiceHz.alice, heardByAlice)).toBeLessThan(0.05);
    expect(shareOf(voiceHz.alice, heardByBob)).toBeGreaterThan(0.9);
    expect(shareOf(voiceHz.bob, heardByBob)).toBeLessThan(0.05);
    for (const { participant, recorder } of [alice, bob]) {
      const { receivedRtp, receivedRtcp, sentRtcp } = participant.endpoint.counts;
      expect(receivedRtp.dropped).toEqual({});
      expect(receivedRtcp).toEqual({ passed: 1, dropped: {} });
      expect(sentRtcp).toEqual({ passed: 1, dropped: {} });
      expect(recorder.counts).toMatchObject({ refused: 0, late: 0 });
    }
  });
});

/** Alice's offer, answered by Bob. */
async function agree(alice: SdesEndpoint, bob: SdesEndpoint): Promise<void> {
  alice.acceptAnswer(bob.acceptOffer(alice.offer()));
  await Promise.resolve();
}

describe('an endpoint', () => {
  test.each(cryptoSuites)('protects with %s', async (suite) => {
    const [alice, bob] = [await open({ suites: [suite] }), await open()];
    await agree(alice, bob);
    expect([alice.suite, bob.suite]).toEqual([suite, suite]);
    alice.speak(alicesVoice);
    await until(() => {
      expect(bob.counts.receivedRtp.passed).toBeGreaterThan(5);
    });
    expect(bob.counts.receivedRtp.dropped).toEqual({});
  });

  test('takes nothing under another key for authentic', async () => {
    const heard = vi.fn();
    const [alice, bob] = [await open(), await open({ onFrame: heard })];
    const other = await open();
    // Bob is made to believe in the key of somebody else, at Alice's address.
    const keyLine = /^a=crypto:.*\r\n/gm;
    const [, othersLine] = [...other.offer().matchAll(keyLine)].map(([line]) => line);
    const [, alicesLine] = [...alice.offer().matchAll(keyLine)].map(([line]) => line);
    const swapped = alice.offer().replace(alicesLine!, othersLine!);
    const onlySecond = swapped.replace(keyLine, (line) => (line === othersLine ? line : ''));
    alice.acceptAnswer(bob.acceptOffer(onlySecond));
    alice.speak(alicesVoice);
    await until(() => {
      expect(bob.counts.receivedRtp.dropped.auth).toBeGreaterThan(10);
      expect(bob.counts.receivedRtcp.dropped).toEqual({ auth: 1 });
    });
    expect(bob.counts.receivedRtp.passed).toBe(0);
    expect(bob.counts.receivedRtcp.passed).toBe(0);
    expect(heard).not.toHaveBeenCalled();
  });

  test('sends nothing before keys are agreed on, and takes nothing', async () => {
    const [alice, bob] = [await open(), await open()];
    alice.speak(alicesVoice);
    await until(() => {
      expect(alice.counts.sentRtp.dropped['no-key']).toBeGreaterThan(3);
    });
    expect(alice.counts.sentRtp.passed).toBe(0);
    // Bob has Alice's keys; Alice, whose offer it was, has no answer yet.
    bob.acceptOffer(alice.offer());
    bob.speak(bobsVoice);
    await until(() => {
      expect(alice.counts.receivedRtp.dropped['no-key']).toBeGreaterThan(3);
    });
    expect(alice.counts.receivedRtp.passed).toBe(0);
  });

  test('counts what is replayed, forged or no packet at all', async () => {
    const [alice, bob] = [await open(), await open()];
    const wire = createSocket('udp4');
    toClose.push({ close: () => void wire.close() });
    await new Promise<void>((resolve) => wire.bind(0, '127.0.0.1', resolve));
    const captured: Buffer[] = [];
    wire.on('message', (packet) => {
      captured.push(packet);
      wire.send(packet, bob.address.port);
    });
    // A wire in between, put there as a network on the path would: by the address in the answer.
    const answer = bob.acceptOffer(alice.offer());
    alice.acceptAnswer(
      answer.replace(`m=audio ${bob.address.port}`, `m=audio ${wire.address().port}`),
    );
    const stop = alice.speak(alicesVoice);
    await until(() => {
      expect(bob.counts.receivedRtp.passed).toBeGreaterThan(5);
    });
    stop();
    const authentic = captured.find((packet) => packet[1] === 111)!;
    wire.send(authentic, bob.address.port);
    const forged = Buffer.from(authentic);
    forged.writeUInt16BE((forged.readUInt16BE(2) + 1000) % 2 ** 16, 2);
    wire.send(forged, bob.address.port);
    wire.send(Buffer.from('hello'), bob.address.port);
    await until(() => {
      expect(bob.counts.receivedRtp.dropped).toEqual({ replay: 1, auth: 1, malformed: 1 });
    });
  });

  test('refuses a stream without keys, and then sends nothing', async () => {
    const [alice, bob] = [await open(), await open()];
    const stripped = alice.offer().replace(/^a=crypto:.*\r\n/gm, '');
    expect(() => bob.acceptOffer(stripped)).toThrow(KeyingError);
    expect(() => alice.acceptAnswer(stripped)).toThrow(KeyingError);
    bob.speak(bobsVoice);
    await until(() => {
      expect(bob.counts.sentRtp.dropped['no-key']).toBeGreaterThan(3);
    });
    expect(bob.counts.sentRtp.passed).toBe(0);
  });

  test('leaves no socket, however often it is closed', async () => {
    const before = openSockets();
    const endpoint = await SdesEndpoint.open();
    const made = openSockets()?.filter((socket) => before?.includes(socket) === false);
    expect(made).not.toEqual([]);
    endpoint.speak(alicesVoice);
    await Promise.all([endpoint.close(), endpoint.close()]);
    await endpoint.close();
    await until(() => {
      expect(openSockets()?.filter((socket) => made?.includes(socket) === true) ?? []).toEqual([]);
    });
    endpoint.speak(alicesVoice)();
    expect(endpoint.counts.sentRtp.passed).toBe(0);
  });
});
