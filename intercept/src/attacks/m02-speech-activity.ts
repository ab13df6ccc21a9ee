import { keyingModes } from '@earshot/keying/mode';
import { headerExtensionsOf } from '../dissect/header-extension.ts';
import type { RtpPacket } from '../dissect/rtp.ts';
import { guessActivity, type ActivityGuess, type Signal } from '../measure/activity.ts';
import { decodeOpus } from '../measure/opus-decode.ts';
import { rms } from '../measure/pcm.ts';
import { openWithAnyCryptoLine } from '../recover/inner-srtp.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Plot } from '../lab/evidence.ts';
import type { RecordedCall, RecordedPerson } from '../lab/recorded-call.ts';
import { openWithOwnKeys, tappedMedia } from '../lab/recorded-media.ts';

/** RFC 6464 section 3: decibels below the loudest possible; the first bit is voice activity. */
const levelMask = 0x7f;
/** RFC 7587 section 4.2: 20 ms of the 48 kHz clock. */
const ticksPerPacket = 960;
/** Quieter than this nobody hears. */
const quietest = 1e-4;

type SignalsOf = (packets: readonly RtpPacket[]) => readonly Signal[];

export default defineAttack({
  id: 'M2',
  title: 'Speech activity from levels and sizes',
  question: 'Do headers in clear and sizes of packets show when somebody speaks, and how loud?',
  power: 'sfu',
  cells: keyingModes.map((mode) => ({ mode, topology: 'room' })),
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.exposesSpeechPattern ? 'falls' : 'resists' }),
  run: async (context) => guessed(await context.recordedCall(), signalsOf),
  controls: [
    {
      id: 'no-levels-one-size',
      title: 'the same packets without what differs between them',
      appliesTo: ({ row }) => row.exposesSpeechPattern,
      proves: { outcome: 'resists' },
      run: async (context) => guessed(await context.recordedCall(), evened),
    },
    {
      id: 'without-the-rule',
      title: 'the same look at a call whose clients send levels and frames of any size',
      appliesTo: ({ row }) => !row.exposesSpeechPattern,
      proves: { outcome: 'falls' },
      run: async (context) =>
        guessed(await context.recordedCall({ mode: 'sdes', topology: 'room' }), signalsOf),
    },
  ],
});

async function guessed(call: RecordedCall, signalsFrom: SignalsOf): Promise<Evidence> {
  const guesses = await Promise.all(
    call.people.map(async (person) => {
      const { packets } = tappedMedia(call, person);
      const guess = guessActivity(await loudnessOf(call, person), signalsFrom(packets));
      return { speaker: person.speaker, packets, guess };
    }),
  );
  const obtained: (readonly [string, string | number])[] = guesses.flatMap(
    ({ speaker, packets, guess }) => [
      [`what told of ${speaker}`, guess.signal ?? 'nothing that varies as speech does'],
      [`pauses in ${speaker}’s stream (DTX)`, pausesIn(packets)],
    ],
  );
  return {
    tried:
      'Levels in clear headers (RFC 6464), or else the sizes of packets, were taken for loudness and compared with that of the speech inside.',
    proofs: guesses.map(({ speaker, guess: { right, of } }) => ({
      kind: 'guess',
      what: `moments of 100 ms in which ${speaker} was said to be loud or not`,
      right,
      of,
      chance: 0.5,
    })),
    obtained: Object.fromEntries(obtained),
    plots: guesses.map(({ speaker, guess }) => plotOf(speaker, guess)),
  };
}

/** Elements of one byte may be levels; where none varies as they would, sizes may do. */
const signalsOf: SignalsOf = (packets) => {
  const elements = packets.map(({ bytes }) => headerExtensionsOf(bytes));
  const ids = [...new Set(elements.flatMap((byId) => [...byId.keys()]))];
  const levels = ids
    .filter((id) => elements.every((byId) => (byId.get(id)?.length ?? 1) === 1))
    .map((id) => ({
      name: `header element ${String(id)}, as a level`,
      values: elements.map((byId) => -((byId.get(id)?.[0] ?? levelMask) & levelMask)),
    }));
  return [...levels, { name: 'packet sizes', values: packets.map(({ bytes }) => bytes.length) }];
};

const evened: SignalsOf = (packets) =>
  signalsOf(packets).map(({ name, values }) => ({ name, values: values.map(() => 0) }));

/** Of what is inside each packet, in decibels: the lab has the keys, the listener has not. */
async function loudnessOf(call: RecordedCall, person: RecordedPerson): Promise<number[]> {
  const { packets } = tappedMedia(call, person);
  const startsAt = packets[0]?.header.timestamp ?? 0;
  const { pcm } = await decodeOpus(
    contentsOf(call, person).map(({ header, payload }) => ({
      timestamp: header.timestamp,
      payload,
    })),
  );
  return packets.map(({ header }) => {
    const at = (header.timestamp - startsAt) | 0;
    const loudness = rms(pcm.samples.subarray(at, at + ticksPerPacket));
    return 20 * Math.log10(Math.max(loudness, quietest));
  });
}

function contentsOf(call: RecordedCall, person: RecordedPerson): readonly RtpPacket[] {
  const media = tappedMedia(call, person);
  switch (call.mode) {
    case 'dtls':
      return media.packets;
    case 'sdes': {
      const lines = call.record.keys().map(({ line }) => line);
      return openWithAnyCryptoLine(
        media.packets.map(({ payload }) => payload),
        lines,
      ).packets;
    }
    case 'e2ee':
      return openWithOwnKeys(media, person).packets;
  }
}

function pausesIn(packets: readonly RtpPacket[]): number {
  return packets.filter(({ header }, i) => {
    const before = packets[i - 1]?.header.timestamp ?? header.timestamp;
    return ((header.timestamp - before) | 0) > ticksPerPacket;
  }).length;
}

function plotOf(speaker: string, { moments, signal }: ActivityGuess): Plot {
  return {
    title: `Loudness of ${speaker}, and what the packet showed`,
    style: 'dots',
    xAxis: 'loudness of the speech, dB',
    yAxis: signal ?? 'nothing',
    series: [{ name: speaker, points: moments }],
  };
}
