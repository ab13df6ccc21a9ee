/** When somebody is loud, told from numbers that come with their packets: levels, sizes. */

/** One number per packet of 20 ms. */
export interface Signal {
  readonly name: string;
  readonly values: readonly number[];
}

export interface ActivityGuess {
  /** Which signal was taken; undefined if none holds more than a count or a constant would. */
  readonly signal: string | undefined;
  /** Moments of 100 ms, half of them louder than the others, for which `loud or not` was guessed right. */
  readonly right: number;
  readonly of: number;
  /** Of each moment: how loud it was, and the signal then. */
  readonly moments: readonly (readonly [loudness: number, value: number])[];
}

const packetsPerMoment = 5;
/** Constants and the steps of a counter have fewer values than loudness has. */
const leastValues = 16;

/**
 * Takes the first signal that could be loudness, and its upper half for the loud moments.
 * @param loudness  per packet, in any unit
 */
export function guessActivity(
  loudness: readonly number[],
  signals: readonly Signal[],
): ActivityGuess {
  const told = signals.find(({ values }) => new Set(values).size >= leastValues);
  const loud = momentsOf(loudness);
  const values = momentsOf(told?.values ?? loudness.map(() => 0)).slice(0, loud.length);
  const isLoud = louderHalf(loud);
  const median = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    signal: told?.name,
    right: values.filter((value, i) => value >= median === isLoud.has(i)).length,
    of: values.length,
    moments: values.map((value, i) => [loud[i] ?? 0, value]),
  };
}

function momentsOf(values: readonly number[]): number[] {
  const moments: number[] = [];
  for (let at = 0; at + packetsPerMoment <= values.length; at += packetsPerMoment) {
    const group = values.slice(at, at + packetsPerMoment);
    moments.push(group.reduce((sum, value) => sum + value, 0) / group.length);
  }
  return moments;
}

/** Places of exactly half of the values: who always guesses the same is right half of the time. */
function louderHalf(values: readonly number[]): ReadonlySet<number> {
  const places = values.map((_, i) => i).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  return new Set(places.slice(0, Math.floor(places.length / 2)));
}
