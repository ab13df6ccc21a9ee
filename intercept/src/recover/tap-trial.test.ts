import { Secret } from '@earshot/keying/secret';
import {
  defaultFrameSuite,
  frameMetadata,
  frameSuiteTable,
  ReceiverKeyring,
  SenderKey,
} from '@earshot/keying/sframe';
import { expect, it } from 'vitest';
import type { RtpPacket } from '../dissect/rtp.ts';
import { TapTrial, type TriedPacket } from './tap-trial.ts';

const suite = defaultFrameSuite;
const metadata = frameMetadata({ callId: 'call', senderId: 'alice', mode: 'e2ee' });
const baseKey = new Uint8Array(frameSuiteTable[suite].hashBytes).fill(7);

/** Who talks, and somebody who tries what she says with whatever was installed. */
function setUp() {
  const sender = new SenderKey({ suite, metadata, generation: 0, baseKey: Secret.copy(baseKey) });
  const keyring = new ReceiverKeyring({ suite, metadata });
  const nothing = new ReceiverKeyring({ suite, metadata });
  const trial = new TapTrial((senderId) => (senderId === 'alice' ? keyring : nothing));
  const tapped: RtpPacket[] = [];
  const say = (word: number): void => {
    const sealed = sender.seal(Uint8Array.of(word));
    if (!sealed.ok) throw new Error(sealed.reason);
    tapped.push({
      header: { headerBytes: 0, payloadType: 111, sequenceNumber: word, timestamp: word, ssrc: 1 },
      payload: sealed.bytes,
      bytes: sealed.bytes,
    });
  };
  const wordsOf = (tried: readonly TriedPacket[]): (number | undefined)[] =>
    tried.map(({ opened }) => opened?.payload[0]);
  return { sender, keyring, trial, tapped, say, wordsOf };
}

it('opens what came before the key, once that is there, and keeps what it opened', () => {
  const { sender, keyring, trial, tapped, say, wordsOf } = setUp();
  say(1);
  expect(wordsOf(trial.try('alice', tapped))).toEqual([undefined]);
  sender.useBaseKey((bytes) => keyring.install(sender.id, Secret.copy(bytes)));
  say(2);
  expect(wordsOf(trial.try('alice', tapped))).toEqual([1, 2]);
  say(3);
  expect(wordsOf(trial.try('alice', tapped))).toEqual([1, 2, 3]);
});

it('leaves closed what was sealed before the step from which the key was given', () => {
  const { sender, keyring, trial, tapped, say, wordsOf } = setUp();
  say(1);
  sender.ratchet();
  sender.useBaseKey((bytes) => keyring.install(sender.id, Secret.copy(bytes)));
  say(2);
  expect(wordsOf(trial.try('alice', tapped))).toEqual([undefined, 2]);
});

it('tries what somebody sends with the keys of that sender only', () => {
  const { sender, keyring, trial, tapped, say, wordsOf } = setUp();
  sender.useBaseKey((bytes) => keyring.install(sender.id, Secret.copy(bytes)));
  say(1);
  expect(wordsOf(trial.try('bob', tapped))).toEqual([undefined]);
  expect(wordsOf(trial.try('alice', tapped))).toEqual([1]);
});
