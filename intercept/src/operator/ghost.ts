/**
 * Someone whom the server puts into a call: a participant on its roster who has whatever the server has,
 * which is everything but the link's secret.
 */
import { randomBytes } from 'node:crypto';
import { KeyedParticipant } from '@earshot/peer/keyed-participant';
import type { Topology } from '@earshot/keying/mode';

export interface GhostOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly topology: Topology;
  readonly name: string;
  /** Default: a guess. The control is given the real one. */
  readonly linkSecret?: Uint8Array;
}

export function joinAsGhost(options: GhostOptions): Promise<KeyedParticipant> {
  return KeyedParticipant.join({
    ...options,
    linkSecret: options.linkSecret ?? new Uint8Array(randomBytes(32)),
  });
}
