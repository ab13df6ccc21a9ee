/** The most that is still kept: found by growing, then by halving what lies between. */
import type { Verdict } from './verdict.ts';

export interface KneeSearchOptions {
  /** Where to begin, 1 to `most`. */
  readonly start: number;
  /** The layout has no more. */
  readonly most: number;
  /** How much more is tried after what was kept, while nothing was worse: above 1. */
  readonly growth: number;
  /** Stops when the next worse is at most this share above the best. */
  readonly precision: number;
}

export interface Knee {
  /** 0: not even one was kept. */
  readonly best: number;
  /** What ended the search: the server, the load that measures it, or the layout, which has no more. */
  readonly limitedBy: 'server' | 'load' | 'layout';
}

const bendsPerLevel = 2;
const windowsPerLevel = 4;

/** Yields what to try next and takes what came of it. */
export function* kneeSearch(options: KneeSearchOptions): Generator<number, Knee, Verdict> {
  const { start, most, growth, precision } = options;
  let best = 0;
  let worse = most + 1;
  let limitedBy: Knee['limitedBy'] = 'layout';
  let next = Math.min(Math.max(1, start), most);
  // Until something was worse, what lies above the best is untried: only the whole layout ends the search then.
  while (worse - best > (worse <= most ? Math.max(1, best * precision) : 1)) {
    const verdict = yield* triedOften(next);
    if (verdict === 'kept') {
      best = next;
    } else {
      worse = next;
      limitedBy = verdict === 'bent' ? 'server' : 'load';
    }
    const isBracketed = worse <= most;
    if (isBracketed && best > 0) next = Math.floor((best + worse) / 2);
    else if (isBracketed) next = Math.floor(worse / 2);
    else next = Math.min(Math.max(best + 1, Math.floor(best * growth)), most);
    if (next === best || next === worse || next === 0) break;
  }
  return { best, limitedBy };
}

/** A level is bent when it bends twice. A window that was disturbed tells nothing, and another one is taken. */
function* triedOften(level: number): Generator<number, Verdict, Verdict> {
  let bends = 0;
  for (let window = 0; window < windowsPerLevel; window++) {
    const verdict = yield level;
    if (verdict === 'kept') return 'kept';
    if (verdict === 'bent' && ++bends === bendsPerLevel) return 'bent';
  }
  return 'disturbed';
}
