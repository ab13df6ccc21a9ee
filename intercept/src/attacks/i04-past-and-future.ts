import { randomBytes } from 'node:crypto';
import type { FrameOpener, FrameSealer } from '@earshot/keying/frame-transform';
import { keyingModes } from '@earshot/keying/mode';
import { Secret } from '@earshot/keying/secret';
import { createSdesSession, switchDeadlineMs } from '@earshot/keying/session';
import {
  defaultFrameSuite,
  frameMetadata,
  frameSuiteTable,
  ReceiverKeyring,
  SenderKey,
} from '@earshot/keying/sframe';
import { decodeOpus, type OpusFrame } from '../measure/opus-decode.ts';
import { Gathering } from '../stage/gathering.ts';
import { spokenFrames } from '../stage/spoken-frames.ts';
import type { Speaker } from '../stage/speech.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';

const speaker: Speaker = 'alice';
const notSpeaker: Speaker = 'bob';
/** Sealed at once when somebody left, before the others have the new key. */
const framesAtOnce = 5;

export default defineAttack({
  id: 'I4',
  title: 'Before joining, after leaving',
  question: 'Does who left go on listening, and does who arrives open what was said before?',
  power: 'client',
  cells: keyingModes
    .filter((mode) => mode !== 'dtls')
    .map((mode) => ({ mode, topology: 'room' }) as const),
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.keysHeldBy === 'endpoints' ? 'resists' : 'falls' }),
  run: ({ cell }) => (cell.mode === 'sdes' ? announcedKeys() : senderKeys('others-are-told')),
  controls: [
    {
      id: 'no-rotation',
      title: 'the same call, whose members never learn that somebody left and so change no key',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls' },
      run: () => senderKeys('nobody-is-told'),
    },
    {
      id: 'no-ratchet',
      title: 'a sender that gives the newcomer the key it has had from the start',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls' },
      run: () => withoutRatchet(),
    },
    {
      id: 'without-the-line',
      title: 'the same frames, for somebody who was never given the line',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: () => withoutLine(),
    },
  ],
});

/** Alice and bob talk; carol arrives; bob leaves, and keeps what he has. */
async function senderKeys(told: 'others-are-told' | 'nobody-is-told'): Promise<Evidence> {
  const gathering = new Gathering();
  try {
    const alice = gathering.join('alice');
    const bob = gathering.join('bob');
    await gathering.settled();
    const past = sealed(alice.session.sealer);
    const bobInTime = opened(bob.session.openerFor('alice'), past);
    const carol = gathering.join('carol');
    await gathering.settled();
    const carolOpens = carol.session.openerFor('alice');
    const newcomer = opened(carolOpens, past);
    gathering.leave('bob', told);
    const atOnce = sealed(alice.session.sealer, framesAtOnce);
    await gathering.settled();
    const future = sealed(alice.session.sealer);
    const bobOpens = bob.session.openerFor('alice');
    const leaver = opened(bobOpens, future);
    return {
      tried:
        'Real sessions of three members sealed real speech: before carol came, and after bob left; carol tried what came before, bob what came after.',
      proofs: [
        ...(await proofsOf('of before the newcomer came', past, newcomer)),
        ...(await proofsOf('of after the leaver left', future, leaver)),
      ],
      obtained: {
        'frames that bob opened while he was there': bobInTime.length,
        'frames that carol opened after bob had left': opened(carolOpens, future).length,
        [`frames sealed before carol had the new key, of ${String(framesAtOnce)}, that bob opened`]:
          opened(bobOpens, atOnce).length,
        'ms for which a leaver may still hear, at most': switchDeadlineMs,
      },
    };
  } finally {
    gathering.close();
  }
}

async function withoutRatchet(): Promise<Evidence> {
  const suite = defaultFrameSuite;
  const metadata = frameMetadata({ callId: 'gathering', senderId: 'alice', mode: 'e2ee' });
  const baseKey = Secret.take(new Uint8Array(randomBytes(frameSuiteTable[suite].hashBytes)));
  const sender = new SenderKey({ suite, metadata, generation: 0, baseKey });
  const past = sealed(sender);
  const newcomer = new ReceiverKeyring({ suite, metadata });
  sender.useBaseKey((bytes) => newcomer.install(sender.id, Secret.copy(bytes)));
  const heard = opened(newcomer, past);
  sender.wipe();
  newcomer.wipe();
  return {
    tried: 'A newcomer was given the base key that had been in use, without a ratchet step.',
    proofs: await proofsOf('of before the newcomer came', past, heard),
  };
}

/** In `sdes` a sender announces one line for the whole call. */
async function announcedKeys(): Promise<Evidence> {
  const [alice, bob, carol] = [sdesSession(), sdesSession(), sdesSession()];
  const line = alice.announceLine();
  bob.acceptAnnouncement('alice', line);
  const past = sealed(alice.sealer);
  const future = sealed(alice.sealer);
  carol.acceptAnnouncement('alice', alice.announceLine());
  const newcomer = opened(carol.openerFor('alice'), past);
  const leaver = opened(bob.openerFor('alice'), future);
  for (const session of [alice, bob, carol]) session.close();
  return {
    tried:
      'A sender announced its line to bob, spoke, announced it to carol, and spoke after bob had left; carol tried what came before, bob what came after.',
    proofs: [
      ...(await proofsOf('of before the newcomer came', past, newcomer)),
      ...(await proofsOf('of after the leaver left', future, leaver)),
    ],
  };
}

async function withoutLine(): Promise<Evidence> {
  const [alice, mallory] = [sdesSession(), sdesSession()];
  alice.announceLine();
  mallory.acceptAnnouncement('alice', sdesSession().announceLine());
  const frames = sealed(alice.sealer);
  const heard = opened(mallory.openerFor('alice'), frames);
  for (const session of [alice, mallory]) session.close();
  return {
    tried: 'Somebody with a line of another sender tried the same frames.',
    proofs: await proofsOf('of a sender whose line is not known', frames, heard),
  };
}

function sdesSession(): ReturnType<typeof createSdesSession> {
  return createSdesSession({ random: (length) => new Uint8Array(randomBytes(length)) });
}

async function proofsOf(
  which: string,
  frames: readonly OpusFrame[],
  heard: readonly OpusFrame[],
): Promise<Proof[]> {
  return [
    { kind: 'count', what: `frames ${which} that open`, found: heard.length, of: frames.length },
    {
      kind: 'audio',
      what: `what is heard of the frames ${which}`,
      speaker,
      notSpeaker,
      heard: (await decodeOpus(heard)).pcm,
    },
  ];
}

function sealed(sealer: Pick<FrameSealer, 'seal'>, count?: number): OpusFrame[] {
  return spokenFrames(speaker)
    .slice(0, count)
    .flatMap(({ payload, timestamp }) => {
      const outcome = sealer.seal(payload, { rtpTimestamp: timestamp });
      return outcome.ok ? [{ timestamp, payload: outcome.bytes }] : [];
    });
}

function opened(opener: FrameOpener, frames: readonly OpusFrame[]): OpusFrame[] {
  return frames.flatMap(({ payload, timestamp }) => {
    const outcome = opener.open(payload);
    return outcome.ok ? [{ timestamp, payload: outcome.bytes }] : [];
  });
}
