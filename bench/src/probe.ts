/** Something that is measured on a call that was placed. Several look at the same call, one after the other. */
import type { Page } from '@playwright/test';
import type { CallBench } from './calls.ts';
import type { CallKind, Figure, Readings } from './figures.ts';

export interface PlacedCall extends CallKind {
  readonly link: string;
  /** Who opened the call and waited. */
  readonly host: Page;
  /** Who came by the link. */
  readonly newcomer: Page;
}

export interface CallProbe {
  readonly part: 'join' | 'delay' | 'cost';
  readonly figures: readonly Figure[];
  /**
   * Called when both people look at the join page.
   * @returns what is called when both hear each other
   */
  readonly start: (bench: CallBench) => Promise<(call: PlacedCall) => Promise<Readings>>;
}
