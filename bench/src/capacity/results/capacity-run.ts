/** Everything that a run found, as it is written to `capacity.json`. */
import type { Cores } from '../load/cores.ts';
import type { ForwardingResult } from '../parts/forwarding.ts';
import type { GrowthPoint } from '../parts/growth.ts';
import type { JoinsResult } from '../parts/joins.ts';

export interface CapacityRun {
  readonly startedAt: string;
  readonly seconds: number;
  readonly extent: 'full' | 'quick';
  readonly machine: {
    readonly cpu: string;
    readonly coreCount: number;
    readonly cores: Cores;
    readonly system: string;
    readonly node: string;
    /** Load average over a minute, before and after. */
    readonly load: readonly [number, number];
  };
  /** Janus's version, or why it was left out. */
  readonly janus: { readonly version: string } | { readonly leftOut: string };
  readonly forwarding: readonly ForwardingResult[];
  readonly growth: readonly GrowthPoint[];
  readonly joins: readonly JoinsResult[];
}
