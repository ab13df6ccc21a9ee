/** Who is in a modelled call. */
import type { E2eeSession, PeerKeyState, SenderKeyStatus } from '../../src/session/index.ts';
import type { HeldKeys } from './held-keys.ts';
import type { DeviceClock, VirtualClock } from './virtual-clock.ts';

export const callId = 'call';

/** Somebody from one joining to the next leaving: ids are not used again. */
export interface Attendance {
  readonly id: string;
  readonly order: number;
  readonly session: E2eeSession;
  readonly device: DeviceClock;
  readonly states: Map<string, PeerKeyState>;
  /** When the keys with each of the others were agreed: from then on they should hear. */
  readonly secureSinceMs: Map<string, number>;
  readonly status: SenderKeyStatus;
}

/** The call as its log sees it. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly heldKeys: HeldKeys;
  /** In the order in which they came. */
  readonly present: ReadonlyMap<string, Attendance>;
  /** Since when nothing of the relay's misdeeds may be felt any more. */
  readonly calmSinceMs: number;
}
