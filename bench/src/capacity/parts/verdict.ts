/** When a window of forwarding counts: the bounds of the project's own bar. */
import type { Sample } from '../load/load-messages.ts';

export const bounds = { lossShare: 0.01, addedP99Ms: 20 } as const;

/** The direct pair's own limits: beyond them the load is what is measured. */
const directBounds = { lossShare: 0.01, p99Ms: 10 } as const;

/** `kept`: forwarded in time. `bent`: not. `disturbed`: not, and neither was what passed no server. */
export type Verdict = 'kept' | 'bent' | 'disturbed';

/** The slowest hundredth of deliveries, less what half of those without a server take. Infinite if nothing came. */
export function addedP99Ms({ forwarded, direct }: Sample): number {
  return (forwarded.p99Ms ?? Infinity) - (direct.medianMs ?? 0);
}

export function verdictOn(sample: Sample): Verdict {
  const { forwarded, direct } = sample;
  const isKept = forwarded.lossShare <= bounds.lossShare && addedP99Ms(sample) <= bounds.addedP99Ms;
  if (isKept) return 'kept';
  const isDirectFine =
    direct.lossShare <= directBounds.lossShare && (direct.p99Ms ?? Infinity) <= directBounds.p99Ms;
  return isDirectFine ? 'bent' : 'disturbed';
}

/** Server CPU per packet that went on to a listener, in milliseconds per thousand. */
export function cpuMsPerThousand({ serverCpuMs, packets, forwarded }: Sample): number {
  return (1000 * serverCpuMs) / (packets * (1 - forwarded.lossShare));
}
