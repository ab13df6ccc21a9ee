import { randomBytes } from 'node:crypto';
import type { KeyingMode } from '@earshot/keying/mode';
import { Secret } from '@earshot/keying/secret';
import {
  defaultFrameSuite,
  encodeKeyId,
  frameMetadata,
  SealingContext,
} from '@earshot/keying/sframe';
import { createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import { describe, expect, it } from 'vitest';
import { dissectAll, type RtpPacket } from '../dissect/rtp.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import type { RecordedCall, RecordedPerson } from './recorded-call.ts';
import { recordedSender } from './recorded-receiver.ts';
import { keysOf } from './seized-call.ts';

const said = ['one', 'two', 'three'];
const callId = 'call';
const [id, otherId] = ['alice-id', 'bob-id'];
const ssrc = 0xcafe_f00d;

function rtp(payload: Uint8Array, sequenceNumber: number): Uint8Array {
  const timestamp = 960 * sequenceNumber;
  return serializeRtpPacket({ payloadType: 111, sequenceNumber, timestamp, ssrc, payload });
}

function call(
  mode: KeyingMode,
  {
    packets,
    drawn = [],
    lines = [],
  }: { packets: readonly RtpPacket[]; drawn?: readonly Uint8Array[]; lines?: readonly string[] },
): { readonly recorded: RecordedCall; readonly alice: RecordedPerson } {
  const silence = { sampleRateHz: 48_000, samples: new Float32Array(0) };
  const person = (speaker: 'alice' | 'bob'): RecordedPerson => ({
    ...{ speaker, otherSpeaker: speaker === 'alice' ? 'bob' : 'alice' },
    id: speaker === 'alice' ? id : otherId,
    drawn: speaker === 'alice' ? drawn : [],
    heard: silence,
    hearing: { score: 1, median: 1, windows: [] },
  });
  const people = [person('alice'), person('bob')] as const;
  const text = lines
    .map((line) => ({ at: '', from: id, to: null, verb: 'produce', payload: { crypto: line } }))
    .map((message) => `${JSON.stringify(message)}\n`)
    .join('');
  const recorded: RecordedCall = {
    ...{ mode, topology: 'room', callId, link: '', people, serverLog: '', seconds: 1, wire: [] },
    record: new SignalingRecord(text),
    tapped: new Map([[id, packets]]),
  };
  return { recorded, alice: people[0] };
}

function textOf(outcome: { readonly ok: boolean; readonly bytes?: Uint8Array }): string {
  return outcome.bytes === undefined ? 'refused' : Buffer.from(outcome.bytes).toString();
}

describe('of an e2ee call', () => {
  const [first, second, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const sealed = (baseKey: Uint8Array, generation: number): Uint8Array[] => {
    const context = new SealingContext({
      suite: defaultFrameSuite,
      kid: encodeKeyId({ generation, step: 0 }),
      baseKey,
      metadata: frameMetadata({ callId, senderId: id, mode: 'e2ee' }),
    });
    return said.map((text) => {
      const outcome = context.seal(new Uint8Array(Buffer.from(text)));
      if (!outcome.ok) throw new Error(outcome.reason);
      return new Uint8Array(outcome.bytes);
    });
  };
  const frames = sealed(first, 4);
  const packets = dissectAll([...frames, ...sealed(second, 5)].map(rtp));
  const drawn = [stranger, randomBytes(16), first, second];

  it('is everything under the first key, and what it was sealed with', () => {
    const { recorded, alice } = call('e2ee', { packets, drawn });
    const sender = recordedSender(recorded, alice);
    expect(sender.frames).toEqual(frames);
    expect(sender.timestamps).toEqual([0, 960, 1920]);
    expect(sender.sframe?.generation).toBe(4);
    expect(sender.sframe?.baseKey).toEqual(first);
    expect(sender.sframe?.origin).toEqual({ callId, senderId: id, mode: 'e2ee' });
  });

  it('is heard by each receiver from the beginning, and by each once', () => {
    const { recorded, alice } = call('e2ee', { packets, drawn });
    const sender = recordedSender(recorded, alice);
    for (let i = 0; i < 2; i++) {
      const receiver = sender.receiver();
      expect(sender.frames.map((frame) => textOf(receiver.open(frame)))).toEqual(said);
      expect(receiver.open(sender.frames[0] ?? new Uint8Array(0))).toEqual({
        ok: false,
        reason: 'replay',
      });
      expect(textOf(receiver.open(packets[3]?.payload ?? new Uint8Array(0)))).toBe('refused');
    }
  });

  it('is nothing without the keys, or without frames', () => {
    for (const none of [
      call('e2ee', { packets, drawn: [stranger] }),
      call('e2ee', { packets: [], drawn }),
    ]) {
      expect(() => recordedSender(none.recorded, none.alice)).toThrow('alice sealed nothing');
    }
  });

  it('has as keys in use those that it drew and used, and no other', async () => {
    const { recorded, alice } = call('e2ee', { packets, drawn });
    expect(await keysOf(recorded, alice)).toEqual([first.toString('hex'), second.toString('hex')]);
  });
});

describe('of an sdes call', () => {
  const keyAndSalt = randomBytes(30);
  const line = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${keyAndSalt.toString('base64')}`;
  const frames = (() => {
    const key = { keyAndSalt: Secret.take(new Uint8Array(keyAndSalt)) };
    const sender = createSrtpSender({ suite: 'AES_CM_128_HMAC_SHA1_80', key });
    return said.map((text, i) => {
      const outcome = sender.protect(rtp(new Uint8Array(Buffer.from(text)), i));
      if (!outcome.ok) throw new Error(outcome.reason);
      return new Uint8Array(outcome.bytes);
    });
  })();
  const packets = dissectAll(frames.map(rtp));

  it('opens with the line that the person announced', () => {
    const { recorded, alice } = call('sdes', { packets, lines: [line] });
    const sender = recordedSender(recorded, alice);
    expect(sender.sframe).toBeUndefined();
    expect(sender.frames).toEqual(frames);
    for (let i = 0; i < 2; i++) {
      const receiver = sender.receiver();
      expect(sender.frames.map((frame) => textOf(receiver.open(frame)))).toEqual(said);
      expect(textOf(receiver.open(sender.frames[1] ?? new Uint8Array(0)))).toBe('refused');
    }
  });

  it('is nothing without such a line', () => {
    const { recorded, alice } = call('sdes', { packets });
    expect(() => recordedSender(recorded, alice)).toThrow('alice announced no key');
  });

  it('has as key in use the one that it drew and used', async () => {
    const drawn = [randomBytes(30), randomBytes(32), keyAndSalt];
    const { recorded, alice } = call('sdes', { packets, drawn });
    expect(await keysOf(recorded, alice)).toEqual([keyAndSalt.toString('hex')]);
    const unused = call('sdes', { packets, drawn: [randomBytes(30)] });
    expect(await keysOf(unused.recorded, unused.alice)).toEqual([]);
  });
});

it('of a dtls call there are no keys', async () => {
  const { recorded, alice } = call('dtls', { packets: [], drawn: [randomBytes(32)] });
  expect(await keysOf(recorded, alice)).toEqual([]);
});
