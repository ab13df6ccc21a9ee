import process from 'node:process';

/** CPU time of this process in milliseconds: whatever else the machine does, it does not count. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What one change of a group costs. */
export interface GroupCost {
  /** Everything that a relay has to deliver, counted once per receiver. */
  readonly bytes: number;
  /** Work of whoever joins, in milliseconds; 0 for a leave. */
  readonly newcomerMs: number;
  /** Work of the one of the others who has most of it, in milliseconds. */
  readonly memberMs: number;
}

/** One joins, then one leaves. */
export interface GroupChange {
  readonly join: GroupCost;
  readonly leave: GroupCost;
}
