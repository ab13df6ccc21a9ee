/** The most that is still kept: found by doubling, then by halving what lies between. */
import type { Verdict } from './verdict.ts';

export interface KneeSearchOptions {
  /** Where to begin, 1 to `most`. */
  readonly start: number;
  /** The layout has no more. */
  readonly most: number;
  /** Stops when the next worse is at most this share above the best. */
  readonly precision: number;
}

export interface Knee {
  /** 0: not even one was kept. */
  readonly best: number;
  /** What ended the search: the server, the load that measures it, or the layout, which has no more. */
  readonly limitedBy: 'server' | 'load' | 'layout';
}

/** Yields what to try next and takes what came of it. A failure counts when it happens twice. */
export function* kneeSearch(options: KneeSearchOptions): Generator<number, Knee, Verdict> {
  const { start, most, precision } = options;
  let best = 0;
  let worse = most + 1;
  let limitedBy: Knee['limitedBy'] = 'layout';
  let next = Math.min(Math.max(1, start), most);
  // Until something was worse, what lies above the best is untried: only the whole layout ends the search then.
  while (worse - best > (worse <= most ? Math.max(1, best * precision) : 1)) {
    const verdict = yield* triedTwice(next);
    if (verdict === 'kept') {
      best = next;
    } else {
      worse = next;
      limitedBy = verdict === 'bent' ? 'server' : 'load';
    }
    const isBracketed = worse <= most;
    if (isBracketed && best > 0) next = Math.floor((best + worse) / 2);
    else if (isBracketed) next = Math.floor(worse / 2);
    else next = Math.min(best * 2, most);
    if (next === best || next === worse || next === 0) break;
  }
  return { best, limitedBy };
}

function* triedTwice(level: number): Generator<number, Verdict, Verdict> {
  const first = yield level;
  return first === 'kept' ? first : yield level;
}
