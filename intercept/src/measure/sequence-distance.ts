/** How alike two sequences of numbers are that may run at different paces: dynamic time warping (Sakoe, Chiba 1978). */

/** Share of the longer sequence by which the pace may drift: speakers differ by a third. */
const widestDrift = 0.35;

/** @returns the mean difference along the best alignment; 0 for equal ones, Infinity if one is empty. */
export function sequenceDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return Infinity;
  const drift = Math.max(
    Math.ceil(widestDrift * Math.max(a.length, b.length)),
    Math.abs(a.length - b.length),
  );
  let previous = new Float64Array(b.length + 1).fill(Infinity);
  let current = new Float64Array(b.length + 1);
  previous[0] = 0;
  for (let i = 1; i <= a.length; i++) {
    current.fill(Infinity);
    const from = Math.max(1, i - drift);
    const to = Math.min(b.length, i + drift);
    for (let j = from; j <= to; j++) {
      const step = Math.min(
        previous[j - 1] ?? Infinity,
        previous[j] ?? Infinity,
        current[j - 1] ?? Infinity,
      );
      current[j] = step + Math.abs((a[i - 1] ?? 0) - (b[j - 1] ?? 0));
    }
    [previous, current] = [current, previous];
  }
  return (previous[b.length] ?? Infinity) / (a.length + b.length);
}
