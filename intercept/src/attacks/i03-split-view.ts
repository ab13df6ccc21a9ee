import { randomBytes } from 'node:crypto';
import { Secret } from '@earshot/keying/secret';
import {
  defaultFrameSuite,
  frameMetadata,
  frameSuiteTable,
  ReceiverKeyring,
  SenderKey,
  type FrameSuite,
} from '@earshot/keying/sframe';
import { decodeOpus, type OpusFrame } from '../measure/opus-decode.ts';
import { SplitSealer, splitSuite, type Listener } from '../operator/split-frame.ts';
import { drawTagCollisions } from '../operator/tag-collision.ts';
import { spokenFrames } from '../stage/spoken-frames.ts';
import type { Speaker } from '../stage/speech.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';

const callId = 'split-view';
const metadata = frameMetadata({ callId, senderId: 'mallory', mode: 'e2ee' });
const firstKey = { generation: 0, step: 0 };
const kid = 0n;
/** Between the frames for one listener and those for the other: half a frame of the 48 kHz clock. */
const offsetTicks = 480;
/** What each of the two is to hear. */
const clips: readonly [Speaker, Speaker] = ['alice', 'bob'];
/** Bits for which a pair of keys is drawn, to see how the work grows. */
const measuredBits = [8, 12, 16, 20] as const;

export default defineAttack({
  id: 'I3',
  title: 'Split view',
  question: 'Can somebody in the call send one recording that two listeners hear differently?',
  power: 'client',
  cells: [{ mode: 'e2ee', topology: 'room' }],
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.frameFormat === 'sframe' ? 'resists' : 'falls' }),
  run: () => againstDefaultSuite(),
  controls: [
    {
      id: 'gcm-frames',
      title: 'the same, in calls whose frames are sealed with AES-GCM (RFC 9605 suite 4)',
      proves: { outcome: 'falls' },
      run: () => againstGcm(),
    },
  ],
});

/** The sender gives one listener the first key, the other the second; both are sent the same frames. */
class Listeners {
  readonly #keyrings: readonly [ReceiverKeyring, ReceiverKeyring];
  /** Opened by both, as each of them opened it. */
  readonly #opened: readonly [OpusFrame[], OpusFrame[]] = [[], []];
  #received = 0;

  constructor(suite: FrameSuite, baseKeys: readonly [Uint8Array, Uint8Array]) {
    const [first, second] = [0, 1].map(() => new ReceiverKeyring({ suite, metadata }));
    if (first === undefined || second === undefined) throw new TypeError('two listeners');
    this.#keyrings = [first, second];
    first.install(firstKey, Secret.copy(baseKeys[0]));
    second.install(firstKey, Secret.copy(baseKeys[1]));
  }

  receive(frame: Uint8Array, timestamp: number): void {
    this.#received++;
    const [first, second] = this.#keyrings.map((keyring) => keyring.open(frame));
    if (first?.ok !== true || second?.ok !== true) return;
    this.#opened[0].push({ timestamp, payload: first.bytes });
    this.#opened[1].push({ timestamp, payload: second.bytes });
  }

  get accepted(): Proof {
    return {
      kind: 'count',
      what: 'frames that are authentic for both listeners under different keys',
      found: this.#opened[0].length,
      of: this.#received,
    };
  }

  async heard(listener: Listener): Promise<Proof> {
    return {
      kind: 'audio',
      what: `what the ${listener === 0 ? 'first' : 'second'} listener hears of them`,
      speaker: clips[listener],
      notSpeaker: clips[1 - listener] ?? 'carol',
      heard: (await decodeOpus(this.#opened[listener])).pcm,
    };
  }
}

/** One sequence of frames, each of them speech for one listener and for the other nothing. */
async function againstGcm(): Promise<Evidence> {
  const baseKeys = [randomKey(), randomKey()] as const;
  const sealer = new SplitSealer({ baseKeys, kid, metadata });
  const listeners = new Listeners(splitSuite, baseKeys);
  const forSecond = spokenFrames(clips[1]);
  spokenFrames(clips[0]).forEach(({ timestamp, payload }, i) => {
    listeners.receive(sealer.seal(payload, 0), timestamp);
    const other = forSecond[i];
    if (other !== undefined) {
      listeners.receive(sealer.seal(other.payload, 1), timestamp + offsetTicks);
    }
  });
  return {
    tried:
      'Each frame got one block, within Opus padding, that makes its tag right under two keys; two listeners were sent the same frames.',
    proofs: [listeners.accepted, await listeners.heard(0), await listeners.heard(1)],
    obtained: { suite: splitSuite, 'tag bytes': frameSuiteTable[splitSuite].tagBytes },
  };
}

/** HMAC has no such block: what is left is to seal for one of them, and to draw keys until two agree. */
async function againstDefaultSuite(): Promise<Evidence> {
  const suite = defaultFrameSuite;
  const baseKeys = [randomKey(), randomKey()] as const;
  const sender = new SenderKey({
    ...{ suite, metadata, generation: 0 },
    baseKey: Secret.copy(baseKeys[0]),
  });
  const listeners = new Listeners(suite, baseKeys);
  for (const { timestamp, payload } of spokenFrames(clips[0])) {
    const sealed = sender.seal(payload);
    if (sealed.ok) listeners.receive(sealed.bytes, timestamp);
  }
  sender.wipe();
  const startedAt = performance.now();
  const { collisions, keysDrawn, frameOf } = drawTagCollisions({
    ...{ suite, kid, metadata, ciphertext: randomKey() },
    ...{ bits: measuredBits, mostKeys: 2 ** 13 },
  });
  const keysPerS = keysDrawn / ((performance.now() - startedAt) / 1000);
  // The best two keys that were found: their tags agree in the most bits, and not in all.
  const best = collisions.at(-1);
  const withBest = new Listeners(suite, best?.baseKeys ?? baseKeys);
  for (const baseKey of best?.baseKeys ?? []) withBest.receive(frameOf(baseKey), 0);
  const tagBits = 8 * frameSuiteTable[suite].tagBytes;
  return {
    tried: `Frames sealed for one listener were sent to both, and ${String(keysDrawn)} keys were drawn to find two that give one ciphertext the same tag.`,
    proofs: [listeners.accepted, await listeners.heard(1), withBest.accepted],
    obtained: {
      suite,
      'tag bits': tagBits,
      'keys drawn': keysDrawn,
      ...Object.fromEntries(
        collisions.map(({ bits, keysDrawn: drawn }) => [
          `keys until two agreed in ${String(bits)} bits`,
          drawn,
        ]),
      ),
      'keys per second': Math.round(keysPerS),
      'keys to expect for one frame': `2^${String(tagBits / 2)}`,
      'years for one frame, at this rate': Math.round(
        2 ** (tagBits / 2) / keysPerS / (365 * 86_400),
      ),
      'tries for a second frame under the same two keys': `2^${String(tagBits)}`,
    },
    plots: [
      {
        title: 'Keys drawn until two gave one ciphertext the same tag',
        style: 'dots',
        xAxis: 'bits of the tag that agree',
        yAxis: 'keys drawn, as a power of 2',
        series: [
          {
            name: 'measured',
            points: collisions.map(
              ({ bits, keysDrawn: drawn }) => [bits, Math.log2(drawn)] as const,
            ),
          },
          { name: 'expected for all bits', points: [[tagBits, tagBits / 2]] },
        ],
      },
    ],
  };
}

function randomKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}
