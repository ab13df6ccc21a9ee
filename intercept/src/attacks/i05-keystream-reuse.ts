import { randomBytes } from 'node:crypto';
import { KeyingError } from '@earshot/keying/errors';
import type { FrameSealer } from '@earshot/keying/frame-transform';
import { parseCryptoLine } from '@earshot/keying/sdes';
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, createSdesSession, innerPayloadType } from '@earshot/keying/session';
import {
  defaultFrameSuite,
  frameMetadata,
  frameSuiteTable,
  parseHeader,
  SenderKey,
} from '@earshot/keying/sframe';
import { createSrtpSender, fixedHeaderBytes, serializeRtpPacket } from '@earshot/keying/srtp';
import { createIdentity } from '@earshot/peer/device-identity';
import { timerScheduler } from '@earshot/peer/timer-scheduler';
import { decodeOpus } from '../measure/opus-decode.ts';
import { openByXor, type KnownFrame } from '../recover/two-time-pad.ts';
import { spokenFrames } from '../stage/spoken-frames.ts';
import type { Speaker } from '../stage/speech.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Notice } from '../lab/evidence.ts';

const callId = 'keystream-reuse';
/** What the attacker knows, an announcement for example; and what it is after. */
const known: Speaker = 'alice';
const wanted: Speaker = 'bob';
const srtpSuite = 'AES_CM_128_HMAC_SHA1_80';
/** RFC 4568 section 6.2.1. */
const srtpTagBytes = 10;
const srtpKeyBytes = 30;

export default defineAttack({
  id: 'I5',
  title: 'Keystream reuse',
  question: 'Are two things ever sealed alike, so that who knows one of them hears the other?',
  power: 'wire',
  cells: [
    { mode: 'sdes', topology: 'direct' },
    { mode: 'e2ee', topology: 'room' },
  ],
  quick: 'all',
  // In no mode that seals frames itself may it happen: it is a mistake, not a property.
  claim: ({ row }) => ({ outcome: row.frameFormat === 'opus' ? 'falls' : 'resists' }),
  run: ({ cell }) => (cell.mode === 'sdes' ? answered() : restarted()),
  controls: [
    {
      id: 'key-kept-over-restart',
      title: 'a sender that keeps its key over a restart and counts from 0 again',
      appliesTo: ({ row }) => row.frameFormat === 'sframe',
      proves: { outcome: 'falls' },
      run: () => restartedWithKey(),
    },
    {
      id: 'one-key-both-ways',
      title: 'an answer that repeats the key of the offer',
      appliesTo: ({ row }) => row.frameFormat === 'srtp',
      proves: { outcome: 'falls' },
      run: () => oneKeyBothWays(),
    },
  ],
});

/** The same person in the same call, before and after the crypto worker was lost. */
function restarted(): Promise<Evidence> {
  const identity = createIdentity();
  const linkSecret = new Uint8Array(randomBytes(32));
  const sealInOneLife = (speaker: Speaker): KnownFrame[] => {
    const session = createE2eeSession({
      ...{ callId, selfId: 'alice', selfOrder: 1, identity },
      ...{ random: draw, scheduler: timerScheduler, linkSecret: Secret.copy(linkSecret) },
      onEnvelope: () => undefined,
      onPeerState: () => undefined,
      onSenderKey: () => undefined,
    });
    const sealed = sframeSealed(session.sealer, speaker);
    session.close();
    return sealed;
  };
  return compared(sealInOneLife(known), sealInOneLife(wanted), {
    tried:
      'A sender was lost and came back in the same call; what it sealed before and after was laid over each other, frame by frame.',
  });
}

function restartedWithKey(): Promise<Evidence> {
  const baseKey = draw(frameSuiteTable[defaultFrameSuite].hashBytes);
  const sealInOneLife = (speaker: Speaker): KnownFrame[] => {
    const key = new SenderKey({
      suite: defaultFrameSuite,
      metadata: frameMetadata({ callId, senderId: 'alice', mode: 'e2ee' }),
      generation: 0,
      baseKey: Secret.copy(baseKey),
    });
    return sframeSealed(key, speaker);
  };
  return compared(sealInOneLife(known), sealInOneLife(wanted), {
    tried: 'The same was done to a sender that keeps its base key over the restart.',
  });
}

/** Offer and answer, and an operator that hands the offerer's own key back to it. */
async function answered(): Promise<Evidence> {
  const alice = createSdesSession({ random: draw });
  const bob = createSdesSession({ random: draw });
  const offer = alice.offerLines();
  const reflected = refusalOf(() => {
    alice.acceptAnswer('bob', offer.slice(0, 1));
  });
  const answer = bob.acceptOffer('alice', offer);
  alice.acceptAnswer('bob', [answer]);
  const keys = new Set([...offer, answer].map(keyOf));
  const evidence = await compared(srtpSealed(alice.sealer, known), srtpSealed(bob.sealer, wanted), {
    tried:
      'Offer and answer were made; what the two then sealed was laid over each other, frame by frame; and the offerer was answered with its own line.',
    notices: [
      {
        what: `the offerer’s own line as the answer: ${reflected}`,
        noticed: reflected !== 'taken',
      },
    ],
    obtained: { 'lines relayed': offer.length + 1, 'different keys in them': keys.size },
  });
  alice.close();
  bob.close();
  return {
    ...evidence,
    proofs: [
      ...evidence.proofs,
      {
        kind: 'count',
        what: 'lines that repeat the key of another',
        found: offer.length + 1 - keys.size,
        of: offer.length + 1,
      },
    ],
  };
}

/** Both directions under one key; and as by accident (RFC 3711 section 9.1) under one SSRC. */
function oneKeyBothWays(): Promise<Evidence> {
  const keyAndSalt = draw(srtpKeyBytes);
  const sealOneWay = (speaker: Speaker): KnownFrame[] => {
    const sender = createSrtpSender({
      suite: srtpSuite,
      key: { keyAndSalt: Secret.copy(keyAndSalt) },
    });
    let sequenceNumber = 0;
    return srtpSealed(
      {
        seal: (payload, { rtpTimestamp }) =>
          sender.protect(
            serializeRtpPacket({
              ...{ payloadType: innerPayloadType, sequenceNumber: sequenceNumber++ },
              ...{ timestamp: rtpTimestamp, ssrc: 1, payload },
            }),
          ),
      },
      speaker,
    );
  };
  return compared(sealOneWay(known), sealOneWay(wanted), {
    tried: 'Both directions were sealed under the key of the offer, and laid over each other.',
  });
}

/** What XOR makes of `secret`, with everything known about `announced`. */
async function compared(
  announced: readonly KnownFrame[],
  secret: readonly KnownFrame[],
  about: {
    readonly tried: string;
    readonly notices?: readonly Notice[];
    readonly obtained?: Readonly<Record<string, number>>;
  },
): Promise<Evidence> {
  const opened = openByXor(announced, secret);
  const found = opened.filter(({ payload }, i) => {
    const plaintext = secret[i]?.plaintext ?? new Uint8Array(0);
    return Buffer.from(payload).equals(plaintext.subarray(0, payload.length));
  }).length;
  return {
    ...about,
    proofs: [
      { kind: 'count', what: 'frames opened by XOR, without a key', found, of: opened.length },
      {
        kind: 'audio',
        what: 'what XOR gives of the speech that is not known',
        speaker: wanted,
        notSpeaker: known,
        heard: (await decodeOpus(opened)).pcm,
      },
    ],
  };
}

function sframeSealed(sealer: Pick<FrameSealer, 'seal'>, speaker: Speaker): KnownFrame[] {
  const { tagBytes } = frameSuiteTable[defaultFrameSuite];
  return sealedBy(sealer, speaker).map(({ bytes, ...frame }) => {
    const headerBytes = parseHeader(bytes)?.length ?? 0;
    return { ...frame, ciphertext: bytes.subarray(headerBytes, bytes.length - tagBytes) };
  });
}

function srtpSealed(sealer: FrameSealer, speaker: Speaker): KnownFrame[] {
  return sealedBy(sealer, speaker).map(({ bytes, ...frame }) => ({
    ...frame,
    ciphertext: bytes.subarray(fixedHeaderBytes, bytes.length - srtpTagBytes),
  }));
}

function sealedBy(
  sealer: FrameSealer,
  speaker: Speaker,
): { readonly bytes: Uint8Array; readonly plaintext: Uint8Array; readonly timestamp: number }[] {
  return spokenFrames(speaker).flatMap(({ payload: plaintext, timestamp }) => {
    const sealed = sealer.seal(plaintext, { rtpTimestamp: timestamp });
    return sealed.ok ? [{ bytes: sealed.bytes, plaintext, timestamp }] : [];
  });
}

/** Master key and salt of a line (RFC 4568 section 6.1). */
function keyOf(line: string): string {
  return parseCryptoLine(line)
    .keys.map(({ keyAndSalt }) => keyAndSalt.use((bytes) => Buffer.from(bytes).toString('hex')))
    .join();
}

function refusalOf(take: () => void): string {
  try {
    take();
    return 'taken';
  } catch (error) {
    if (error instanceof KeyingError) return error.code;
    throw error;
  }
}

function draw(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
