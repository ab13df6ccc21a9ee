/** Everything that a run found, as it is written to `capacity.json`. */
import type { Part } from '../options.ts';
import type { Cores } from '../load/cores.ts';
import type { ForwardingResult } from '../parts/forwarding.ts';
import type { GrowthPoint } from '../parts/growth.ts';
import type { JoinsResult } from '../parts/joins.ts';
import type { SearchShare } from '../parts/search-share.ts';
import type { Availability } from '../servers/janus-package.ts';

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
  /** Asked for, and nothing of it was measured before the time was over. */
  readonly missing: readonly Part[];
  /** Null where it was not asked for. */
  readonly janus: Availability | null;
  /** Null where forwarding was not asked for. */
  readonly searchShare: SearchShare | null;
  readonly forwarding: readonly ForwardingResult[];
  readonly growth: readonly GrowthPoint[];
  readonly joins: readonly JoinsResult[];
}
