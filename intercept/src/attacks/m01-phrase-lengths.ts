import { keyingModes, type KeyingMode } from '@earshot/keying/mode';
import { parseHeader } from '@earshot/keying/sframe';
import { guessPhrases, type SizedPhrase } from '../measure/phrase-guess.ts';
import { encodedPhrases, type Rate } from '../stage/encoded-phrases.ts';
import { sealedSizes } from '../stage/sealed-sizes.ts';
import { defineAttack } from '../lab/attack.ts';
import type { CountProof, Evidence, Plot } from '../lab/evidence.ts';
import type { RecordedCall } from '../lab/recorded-call.ts';
import { tappedMedia } from '../lab/recorded-media.ts';

const packetMs = 20;
/** Voices of one phrase in the picture. */
const plottedVoices = 3;

export default defineAttack({
  id: 'M1',
  title: 'Phrases from packet lengths',
  question: 'Does the size of sealed packets tell what is said?',
  power: 'wire',
  cells: keyingModes.map((mode) => ({ mode, topology: 'room' })),
  quick: 'none',
  claim: ({ row }) => ({ outcome: row.exposesSpeechPattern ? 'falls' : 'resists' }),
  run: async (context) => {
    const { mode, row } = context.cell;
    const fromSizes = await guessed(mode, row.exposesSpeechPattern ? 'variable' : 'constant');
    const inCall = sizesInCall(await context.recordedCall());
    return { ...fromSizes, proofs: [...fromSizes.proofs, inCall] };
  },
  controls: [
    {
      id: 'constant-rate',
      title: 'the same guess, where the encoder makes all frames of one size',
      appliesTo: ({ row }) => row.exposesSpeechPattern,
      proves: { outcome: 'resists' },
      run: ({ cell }) => guessed(cell.mode, 'constant'),
    },
    {
      id: 'variable-rate',
      title: 'the same seal, where the encoder makes frames as small as it can',
      appliesTo: ({ row }) => !row.exposesSpeechPattern,
      proves: { outcome: 'falls' },
      run: ({ cell }) => guessed(cell.mode, 'variable'),
    },
  ],
});

/** Each voice in turn is one that the listener has never heard. */
async function guessed(mode: KeyingMode, rate: Rate): Promise<Evidence> {
  const sized = (await encodedPhrases(rate)).map(({ voice, phrase, frames }) => ({
    voice,
    phrase,
    sizes: sealedSizes(mode, frames),
  }));
  const guesses = guessPhrases(sized);
  const phrases = new Set(sized.map(({ phrase }) => phrase));
  const sizes = new Set(sized.flatMap((one) => one.sizes));
  return {
    tried: `Somebody who sees sizes only guessed which of ${String(phrases.size)} phrases was said, from examples in other voices. The voices are synthetic and alike: with people it is harder, so this is an upper bound.`,
    proofs: [
      {
        kind: 'guess',
        what: 'phrases guessed from the sizes of their packets',
        right: guesses.filter(({ said, phrase }) => said.phrase === phrase).length,
        of: guesses.length,
        chance: 1 / phrases.size,
      },
    ],
    obtained: {
      phrases: phrases.size,
      voices: new Set(sized.map(({ voice }) => voice)).size,
      'bitrate of the encoder': rate,
      'different packet sizes': sizes.size,
      'smallest packet, bytes': Math.min(...sizes),
      'largest packet, bytes': Math.max(...sizes),
    },
    plots: [plotOf(sized)],
  };
}

/** Those of a real call: without the frame header, whose length depends on the count of frames alone. */
function sizesInCall(call: RecordedCall): CountProof {
  const perPerson = call.people.map((person) =>
    tappedMedia(call, person).packets.map(({ payload }) =>
      call.mode === 'e2ee' ? payload.length - (parseHeader(payload)?.length ?? 0) : payload.length,
    ),
  );
  const unusual = perPerson.map((sizes) => {
    const counts = [...Map.groupBy(sizes, (size) => size).values()].map(({ length }) => length);
    return sizes.length - Math.max(0, ...counts);
  });
  return {
    kind: 'count',
    what: 'frames of a real call that are of another size than most',
    found: unusual.reduce((sum, count) => sum + count, 0),
    of: perPerson.flat().length,
  };
}

/** One phrase in several voices, and another. */
function plotOf(sized: readonly SizedPhrase[]): Plot {
  const [first] = sized;
  const other = sized.find(({ phrase }) => phrase !== first?.phrase);
  const shown = [
    ...sized.filter(({ phrase }) => phrase === first?.phrase).slice(0, plottedVoices),
    ...(other === undefined ? [] : [other]),
  ];
  return {
    title: 'Sizes of the packets of a phrase in several voices, and of another phrase',
    style: 'line',
    xAxis: 'time in ms',
    yAxis: 'bytes',
    series: shown.map(({ voice, phrase, sizes }) => ({
      name: `${voice}: ${phrase}`,
      points: sizes.map((size, i) => [i * packetMs, size] as const),
    })),
  };
}
