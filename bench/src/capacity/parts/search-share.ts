/**
 * What of its core a server may use while its knee is searched. The load needs about as much for a packet as
 * the server does, and has one core: a server with all of its own is not found slow before the load is.
 */
import type { ControllerSearch, CpuController } from '../load/bandwidth-group.ts';

export type SearchShare =
  | { readonly isLimited: true; readonly ofCore: number; readonly controller: CpuController }
  | { readonly isLimited: false; readonly ofCore: 1; readonly reason: string };

/** The same for every server. With it the load takes at most two thirds of its own core, whatever is tried. */
const limitedShare = 0.35;

export function chooseSearchShare(search: ControllerSearch): SearchShare {
  return search.isThere
    ? { isLimited: true, ofCore: limitedShare, controller: search.controller }
    : { isLimited: false, ofCore: 1, reason: search.reason };
}

/** `35 % of one core`, or `one core` */
export function coreText(share: SearchShare | null): string {
  return share?.isLimited === true
    ? `${(100 * share.ofCore).toFixed(0)} % of one core`
    : 'one core';
}
