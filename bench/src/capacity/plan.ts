/** How much is measured, and until when: the whole run is bounded. */
import type { ForwardingOptions } from './parts/forwarding.ts';
import type { GrowthOptions } from './parts/growth.ts';
import type { JoinsOptions } from './parts/joins.ts';

type Sizes<T> = Omit<
  T,
  'cores' | 'systems' | 'searchShare' | 'startLoad' | 'onProgress' | 'deadlineMs'
>;

export interface Plan {
  readonly forwarding: Sizes<ForwardingOptions>;
  readonly growth: Sizes<GrowthOptions>;
  readonly joins: Sizes<JoinsOptions>;
  /** Seconds since the start, after which a part begins nothing more. */
  readonly forwardingUntilS: number;
  readonly growthUntilS: number;
  readonly joinsUntilS: number;
}

export const fullPlan: Plan = {
  forwarding: {
    layout: { kind: 'audience', rooms: 4, speakers: 25, listeners: 20 },
    ...{ pairs: 5, pairedSpeakers: 20, searches: 3, precision: 0.05 },
    ...{ settleMs: 500, windowMs: 2500, pairWindowMs: 4000 },
  },
  growth: {
    people: [2, 4, 8, 16, 24, 32],
    rooms: [1, 4, 8, 16, 32],
    peoplePerRoom: 4,
    ...{ settleMs: 1000, windowMs: 2500 },
  },
  joins: { runs: 3, arrivals: 400 },
  forwardingUntilS: 340,
  growthUntilS: 490,
  joinsUntilS: 550,
};

export const quickPlan: Plan = {
  forwarding: {
    layout: { kind: 'audience', rooms: 2, speakers: 40, listeners: 20 },
    ...{ pairs: 2, pairedSpeakers: 20, searches: 1, precision: 0.2 },
    ...{ settleMs: 300, windowMs: 1200, pairWindowMs: 2500 },
  },
  growth: {
    people: [2, 8, 16],
    rooms: [8],
    peoplePerRoom: 4,
    ...{ settleMs: 300, windowMs: 1200 },
  },
  joins: { runs: 1, arrivals: 160 },
  forwardingUntilS: 85,
  growthUntilS: 100,
  joinsUntilS: 112,
};
