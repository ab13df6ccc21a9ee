import type { FrameOpener } from '@earshot/keying/frame-transform';
import { keyingModes } from '@earshot/keying/mode';
import { replayWindowFrames } from '@earshot/keying/sframe';
import { decodeOpus, type OpusFrame } from '../measure/opus-decode.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import type { RecordedCall } from '../lab/recorded-call.ts';
import { recordedSender, type RecordedSender } from '../lab/recorded-receiver.ts';

/** Five seconds. */
const deliveredFrames = 250;
const replayedFrames = 200;

export default defineAttack({
  id: 'I1',
  title: 'Replay and reflection',
  question: 'Can the media server play what was said again, or play people their own voice?',
  power: 'sfu',
  cells: keyingModes
    .filter((mode) => mode !== 'dtls')
    .map((mode) => ({ mode, topology: 'room' }) as const),
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.frameFormat === 'opus' ? 'falls' : 'resists' }),
  run: async (context) => replayed(await context.recordedCall(), (sender) => sender.receiver()),
  controls: [
    {
      id: 'without-window',
      title: 'the same frames, to a receiver that does not remember what it has opened',
      proves: { outcome: 'falls' },
      run: async (context) => replayed(await context.recordedCall(), forgetful),
    },
  ],
});

/** Opens each frame as if it were the first one: the product's receiver without a past. */
function forgetful(sender: RecordedSender): FrameOpener {
  return { open: (frame) => sender.receiver().open(frame) };
}

async function replayed(
  call: RecordedCall,
  receiverOf: (sender: RecordedSender) => FrameOpener,
): Promise<Evidence> {
  const [alice, bob] = call.people;
  const sent = recordedSender(call, alice);
  const receiver = receiverOf(sent);
  const delivered = sent.frames.slice(0, deliveredFrames);
  // Neighbours exchanged: late is not twice, so these open.
  const reordered = delivered.map((frame, i) => delivered[i ^ 1] ?? frame);
  const inTime = reordered.filter((frame) => receiver.open(frame).ok).length;
  const again: OpusFrame[] = [];
  for (let i = 0; i < replayedFrames; i++) {
    const outcome = receiver.open(delivered[i] ?? new Uint8Array(0));
    if (outcome.ok) again.push({ timestamp: sent.timestamps[i] ?? 0, payload: outcome.bytes });
  }
  // Alice is sent her own frames as if they were bob's.
  const bobs = receiverOf(recordedSender(call, bob));
  const reflected = delivered.filter((frame) => bobs.open(frame).ok).length;
  return {
    tried: `${String(delivered.length)} tapped frames were given to a receiver with the real keys, neighbours exchanged; then ${String(replayedFrames)} of them again; then all of them as another sender’s.`,
    proofs: [
      {
        kind: 'count',
        what: 'frames opened a second time',
        found: again.length,
        of: replayedFrames,
      },
      {
        kind: 'audio',
        what: 'what is heard again',
        speaker: alice.speaker,
        notSpeaker: bob.speaker,
        heard: (await decodeOpus(again)).pcm,
      },
      {
        kind: 'count',
        what: 'frames that open as those of whom they are played to',
        found: reflected,
        of: delivered.length,
      },
    ],
    obtained: {
      'frames opened once, though neighbours were exchanged': inTime,
      'frames for which a late one is still taken': replayWindowFrames,
    },
  };
}
