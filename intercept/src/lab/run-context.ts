/** What one run of an attack or control may use. Whatever it opens through here is closed when the run ends. */
import type { CellFacts, Cell } from './attack.ts';
import type { BrowserOptions, WindowOptions } from '../stage/chromium.ts';
import type { Person } from '../stage/person.ts';
import type { Speaker } from '../stage/speech.ts';
import type { Stack, StackOptions } from '../stage/stack.ts';
import type { ActiveRelay, Rewrite } from '../operator/active-relay.ts';
import type { RecordedCall } from './recorded-call.ts';

export interface InviteOptions extends WindowOptions {
  /** Default: the shared server. A relay's address, for example. */
  readonly serverUrl?: string;
  /** Default: granted. */
  readonly microphone?: BrowserOptions['microphone'];
}

export interface RunContext {
  readonly cell: CellFacts;
  /** Aborted when the run's time is up or the lab is being stopped. */
  readonly signal: AbortSignal;
  /**
   * The honest call of this cell (or of another), recorded from every side. One per mode and topology and
   * lab: read it, do not write to it.
   * @throws LabError `no-call`
   */
  recordedCall(cell?: Cell): Promise<RecordedCall>;
  /** A call recorded for this run alone, on a server started with these options. */
  recordCallOn(options: StackOptions): Promise<RecordedCall>;
  /** The honest server that all runs share. Leave it as it is. */
  sharedStack(): Promise<Stack>;
  /** A server of this run's own: other settings, other modules, to be killed. */
  startStack(options: StackOptions): Promise<Stack>;
  /** A dishonest server in front of the shared one; see `ActiveRelay`. */
  startRelay(rewrite?: Rewrite): Promise<ActiveRelay>;
  /** A person at a browser window of their own, whose microphone is `speaker`'s voice. */
  invite(speaker: Speaker, options?: InviteOptions): Promise<Person>;
  /** What the run does from now on: where it was, should its time be up. */
  note(step: string): void;
  /** Calls `close` when the run ends, however it ends; last deferred, first called. */
  defer(close: () => Promise<void> | void): void;
}
