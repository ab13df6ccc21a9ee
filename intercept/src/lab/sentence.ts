/** What came out of a run, in words that need no key to them. */
import type { MeasureResult, RunResult } from './verdict-schema.ts';

type Finding = Pick<RunResult, 'measures' | 'notices'>;

/** @param tried  one sentence in the past tense */
export function sentenceFor(tried: string, { measures, notices }: Finding): string {
  const decisive = measures.filter(({ outcome }) => outcome !== 'resists');
  const told = (decisive.length > 0 ? decisive : measures).map(phraseFor);
  const shown = notices.map(({ what, noticed }) =>
    noticed ? `It could be noticed: ${what}.` : `Nothing showed it: ${what}.`,
  );
  return [tried, ...told, ...shown].join(' ');
}

function phraseFor(measure: MeasureResult): string {
  switch (measure.kind) {
    case 'audio': {
      const { speaker, what, score, outcome } = measure;
      if (outcome === 'falls') {
        return `${capitalised(what)} is ${possessive(speaker)} speech: correlation ${score.toFixed(2)}.`;
      }
      if (outcome === 'resists') {
        return `${capitalised(what)} is not ${possessive(speaker)} speech: correlation ${score.toFixed(2)}, noise.`;
      }
      return `${capitalised(what)} is neither speech nor noise: correlation ${score.toFixed(2)}.`;
    }
    case 'count':
      return measure.of === 0
        ? `${capitalised(measure.what)}: none were there to try.`
        : `${capitalised(measure.what)}: ${String(measure.found)} of ${String(measure.of)}.`;
    case 'guess':
      return `${capitalised(measure.what)}: right ${String(measure.right)} of ${String(measure.of)} times, by chance ${(measure.of * measure.chance).toFixed(1)}.`;
  }
}

function possessive(name: string): string {
  return `${capitalised(name)}’s`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
