import type { CipherImplementation, CipherTimes } from '../../src/page-contract.ts';

/** One suite in one implementation, ready to be timed. */
export interface Subject {
  readonly protocol: CipherTimes['protocol'];
  readonly suite: string;
  readonly implementation: CipherImplementation;
  /** Protects, then unprotects all; every run under fresh keys. @throws Error if a frame does not open. */
  readonly run: (payloads: readonly Uint8Array<ArrayBuffer>[]) => RunTimes | Promise<RunTimes>;
}

export interface RunTimes {
  readonly protectMs: number;
  readonly unprotectMs: number;
}
