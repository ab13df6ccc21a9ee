/** What came out of a run, in words that need no key to them. The measures themselves stand below it. */
import type { AudioResult, MeasureResult, RunResult } from './verdict-schema.ts';

type Finding = Pick<RunResult, 'measures' | 'notices'>;
type Counted = Exclude<MeasureResult, AudioResult>;

/** @param tried  one sentence in the past tense */
export function sentenceFor(tried: string, { measures, notices }: Finding): string {
  const audio = measures.filter((measure) => measure.kind === 'audio');
  const counted = measures.filter((measure) => measure.kind !== 'audio');
  const told = audio.length > 0 ? [heardText(audio)] : [];
  // Counts decide where nothing is heard, or where they alone say that it falls.
  const isDecidedByCount =
    audio.every(({ outcome }) => outcome === 'resists') &&
    counted.some(({ outcome }) => outcome !== 'resists');
  if (audio.length === 0 || isDecidedByCount) {
    const decisive = counted.filter(({ outcome }) => outcome !== 'resists');
    told.push(...(decisive.length > 0 ? decisive : counted).map(countText));
  }
  const shown = notices.map(({ what, noticed }) =>
    noticed ? `It could be noticed: ${what}.` : `Nothing showed it: ${what}.`,
  );
  return [tried, ...told, ...shown].join(' ');
}

function heardText(audio: readonly AudioResult[]): string {
  const heard = audio.filter(({ outcome }) => outcome === 'falls');
  if (heard.length > 0) {
    const best = new Map<string, number>();
    for (const { speaker, score } of heard) {
      best.set(speaker, Math.max(score, best.get(speaker) ?? 0));
    }
    const each = [...best].map(
      ([speaker, score]) => `${speaker} (correlation ${score.toFixed(2)})`,
    );
    return `Heard: ${each.join(' and ')}.`;
  }
  const most = audio.reduce((highest, { score }) => Math.max(highest, score), 0).toFixed(2);
  return audio.some(({ outcome }) => outcome === 'unclear')
    ? `What came out is neither clearly speech nor clearly noise: correlation ${most}.`
    : `No speech came out: the highest correlation with what was said is ${most}, which is noise.`;
}

function countText(measure: Counted): string {
  const what = measure.what.charAt(0).toUpperCase() + measure.what.slice(1);
  if (measure.of === 0) return `${what}: none were there to try.`;
  if (measure.kind === 'count') {
    return `${what}: ${String(measure.found)} of ${String(measure.of)}.`;
  }
  const byChance = (measure.of * measure.chance).toFixed(1);
  return `${what}: right ${String(measure.right)} of ${String(measure.of)} times, by chance ${byChance}.`;
}
