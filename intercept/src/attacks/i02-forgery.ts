import type { FrameOpener } from '@earshot/keying/frame-transform';
import { Secret } from '@earshot/keying/secret';
import {
  defaultFrameSuite,
  frameMetadata,
  frameSuiteTable,
  parseHeader,
  SenderKey,
} from '@earshot/keying/sframe';
import { decodeOpus, type OpusFrame } from '../measure/opus-decode.ts';
import { uncheckedOpener } from '../recover/unchecked-sframe.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import type { RecordedCall } from '../lab/recorded-call.ts';
import { recordedSender, type RecordedSender } from '../lab/recorded-receiver.ts';

const usedFrames = 200;
/** 20 ms of silence in clear: another mode's frame. */
const clearOpus = Uint8Array.of(0xf8, 0xff, 0xfe);
/** RFC 9605 section 4.5: the tag of suite 3, the shortest there is. */
const shortTagBytes = 4;

export default defineAttack({
  id: 'I2',
  title: 'Forged frames',
  question: 'Can the media server change what is said, or say something itself?',
  power: 'sfu',
  cells: [{ mode: 'e2ee', topology: 'room' }],
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.keysHeldBy === 'endpoints' ? 'resists' : 'falls' }),
  run: async (context) => changed(await context.recordedCall(), (sender) => sender.receiver()),
  controls: [
    {
      id: 'tag-not-checked',
      title: 'the same frames, to a receiver that does not look at the tag',
      proves: { outcome: 'falls' },
      run: async (context) =>
        changed(await context.recordedCall(), (sender) =>
          uncheckedOpener(sframeOf(sender).baseKey),
        ),
    },
    {
      id: 'with-the-senders-key',
      title: 'frames made by somebody who has the sender’s key',
      proves: { outcome: 'falls' },
      run: async (context) => withSendersKey(await context.recordedCall()),
    },
  ],
});

type Change = (frame: Uint8Array, place: number) => Uint8Array | undefined;

/** Each frame of one person, changed in every way that needs no key. */
async function changed(
  call: RecordedCall,
  receiverOf: (sender: RecordedSender) => FrameOpener,
): Promise<Evidence> {
  const [alice, bob] = call.people;
  const sent = recordedSender(call, alice);
  const others = recordedSender(call, bob);
  const { tagBytes } = frameSuiteTable[defaultFrameSuite];
  const changes: Readonly<Record<string, Change>> = {
    'one bit changed in what is sealed': (frame, i) => flipped(frame, bodyStart(frame) + (i % 8)),
    'one bit of the tag changed': (frame, i) => flipped(frame, frame.length - 1 - (i % tagBytes)),
    'the last byte missing': (frame) => frame.subarray(0, -1),
    'a tag of 4 bytes': (frame) => frame.subarray(0, shortTagBytes - tagBytes),
    'another counter': (frame) => flipped(frame, bodyStart(frame) - 1),
    'opus in clear': () => clearOpus,
    'another sender’s frame': (_frame, i) => others.frames[i],
  };
  const proofs: Proof[] = [];
  const heard: OpusFrame[] = [];
  for (const [what, change] of Object.entries(changes)) {
    // A receiver that has opened nothing yet: only the frame itself can give the change away.
    const receiver = receiverOf(sent);
    const opened = sent.frames.slice(0, usedFrames).flatMap((frame, i) => {
      const forged = change(frame, i);
      const outcome = forged === undefined ? undefined : receiver.open(forged);
      return outcome?.ok === true
        ? [{ timestamp: sent.timestamps[i] ?? 0, payload: outcome.bytes }]
        : [];
    });
    const of = Math.min(usedFrames, sent.frames.length);
    proofs.push({ kind: 'count', what: `frames opened with ${what}`, found: opened.length, of });
    if (what === 'one bit of the tag changed') heard.push(...opened);
  }
  return {
    tried: `Tapped frames were changed in ${String(proofs.length)} ways that need no key and given to a receiver with the real keys.`,
    proofs: [
      ...proofs,
      {
        kind: 'audio',
        what: 'what is heard of the frames whose tag was changed',
        speaker: alice.speaker,
        notSpeaker: bob.speaker,
        heard: (await decodeOpus(heard)).pcm,
      },
    ],
    obtained: {
      'tag bytes': tagBytes,
      'chance of a guessed tag': `1 in 2^${String(8 * tagBytes)}`,
    },
  };
}

/** Bob’s speech, sealed as alice’s. */
async function withSendersKey(call: RecordedCall): Promise<Evidence> {
  const [alice, bob] = call.people;
  const sent = recordedSender(call, alice);
  const others = recordedSender(call, bob);
  const { generation, baseKey, origin } = sframeOf(sent);
  const forger = new SenderKey({
    ...{ suite: defaultFrameSuite, metadata: frameMetadata(origin), generation },
    baseKey: Secret.copy(baseKey),
  });
  const [receiver, reader] = [sent.receiver(), others.receiver()];
  const said = others.frames.slice(0, usedFrames);
  const heard: OpusFrame[] = [];
  said.forEach((frame, i) => {
    const plain = reader.open(frame);
    const forged = plain.ok ? forger.seal(plain.bytes) : plain;
    const outcome = forged.ok ? receiver.open(forged.bytes) : forged;
    if (outcome.ok) heard.push({ timestamp: others.timestamps[i] ?? 0, payload: outcome.bytes });
  });
  forger.wipe();
  return {
    tried: 'Another person’s speech was sealed under the sender’s key and given to the receiver.',
    proofs: [
      { kind: 'count', what: 'forged frames that open', found: heard.length, of: said.length },
      {
        kind: 'audio',
        what: `what is heard as ${alice.speaker}`,
        speaker: bob.speaker,
        notSpeaker: alice.speaker,
        heard: (await decodeOpus(heard)).pcm,
      },
    ],
  };
}

function sframeOf({ sframe }: RecordedSender): NonNullable<RecordedSender['sframe']> {
  if (sframe === undefined) throw new LabError('no-call', 'the call has no SFrame');
  return sframe;
}

function bodyStart(frame: Uint8Array): number {
  return parseHeader(frame)?.length ?? 0;
}

function flipped(frame: Uint8Array, at: number): Uint8Array {
  return frame.map((byte, i) => (i === at ? byte ^ 1 : byte));
}
