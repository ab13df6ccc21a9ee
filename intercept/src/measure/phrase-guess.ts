/** Telling what was said from the sizes of packets, by examples in other voices. */
import { sequenceDistance } from './sequence-distance.ts';

export interface SizedPhrase {
  readonly voice: string;
  readonly phrase: string;
  /** Bytes of each packet, in the order sent. */
  readonly sizes: readonly number[];
}

export interface Guess {
  readonly said: SizedPhrase;
  readonly phrase: string;
}

/**
 * Leaves each voice out in turn: every one of its phrases is taken for that phrase of the other voices whose packet
 * sizes are nearest on average. Where all are equally near the first is taken, which is chance.
 * @throws RangeError for fewer than two voices
 */
export function guessPhrases(examples: readonly SizedPhrase[]): Guess[] {
  const voices = new Set(examples.map(({ voice }) => voice));
  if (voices.size < 2) throw new RangeError('nothing to learn from');
  const distances = allDistances(examples.map(({ sizes }) => shapeOf(sizes)));
  const phrases = [...new Set(examples.map(({ phrase }) => phrase))];
  return examples.map((said, i) => {
    let best = { phrase: phrases[0] ?? '', distance: Infinity };
    for (const phrase of phrases) {
      const known = examples.flatMap((other, j) =>
        other.phrase === phrase && other.voice !== said.voice ? [distances[i]?.[j] ?? 0] : [],
      );
      const distance = known.reduce((sum, one) => sum + one, 0) / known.length;
      if (distance < best.distance) best = { phrase, distance };
    }
    return { said, phrase: best.phrase };
  });
}

/** Of each to each: as far one way as the other. */
function allDistances(shapes: readonly (readonly number[])[]): number[][] {
  const distances: number[][] = shapes.map(() => []);
  shapes.forEach((shape, i) => {
    for (const other of shapes.slice(0, i)) {
      distances[i]?.push(sequenceDistance(shape, other));
    }
  });
  return shapes.map((_shape, i) =>
    shapes.map((_other, j) => distances[Math.max(i, j)]?.[Math.min(i, j)] ?? 0),
  );
}

/** By how many deviations each is off the mean: voices differ in both. Sizes that are all equal have no shape. */
function shapeOf(sizes: readonly number[]): number[] {
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
  const deviation = Math.sqrt(variance);
  return sizes.map((size) => (deviation === 0 ? 0 : (size - mean) / deviation));
}
