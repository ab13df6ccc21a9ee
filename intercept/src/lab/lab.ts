/** What all runs share: browsers, one honest server, recorded calls. Owner of everything that must end. */
import { modes } from '@earshot/keying/mode';
import { startActiveRelay } from '../operator/active-relay.ts';
import { BrowserPool, openWindow } from '../stage/chromium.ts';
import { Person } from '../stage/person.ts';
import type { Speaker } from '../stage/speech.ts';
import { startStack, type Stack } from '../stage/stack.ts';
import type { Cell } from './attack.ts';
import { LabError } from './lab-error.ts';
import { recordCall, type RecordedCall } from './recorded-call.ts';
import { RunClock } from './run-clock.ts';
import type { InviteOptions, RunContext } from './run-context.ts';

export interface RunOptions {
  readonly cell: Cell;
  readonly timeoutMs: number;
}

/** How long a person waits for what the page should show. */
const stepTimeoutMs = 120_000;
/** A recorded call is made once, by whichever run needs it first; that run's own time does not count then. */
const recordingTimeoutMs = 300_000;

export class Lab {
  readonly #browsers = new BrowserPool();
  readonly #calls = new Map<string, Promise<RecordedCall>>();
  readonly #stopped = new AbortController();
  #stack: Promise<Stack> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Runs `action` with a context of its own, in the time given, and closes what it opened.
   * @throws LabError `timeout`, `stopped`, and whatever `action` throws
   */
  async run<T>(
    { cell, timeoutMs }: RunOptions,
    action: (context: RunContext) => Promise<T>,
  ): Promise<T> {
    const clock = new RunClock(timeoutMs);
    const signal = AbortSignal.any([clock.signal, this.#stopped.signal]);
    await using opened = new AsyncDisposableStack();
    opened.defer(() => {
      clock.stop();
    });
    const defer: RunContext['defer'] = (close) => {
      if (opened.disposed) void Promise.resolve(close()).catch(() => undefined);
      else opened.defer(close);
    };
    const work = action(this.#context({ cell, signal, clock, defer }));
    // A run whose time is up is closed under its hands, and fails then in some way of its own.
    work.catch(() => undefined);
    // Awaited here: what was opened closes when this block ends.
    return await Promise.race([work, rejectionOf(signal)]);
  }

  /** Ends every run that is under way. */
  stop(): void {
    this.#stopped.abort(new LabError('stopped', 'the lab was stopped'));
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.stop();
    await Promise.allSettled(this.#calls.values());
    await this.#browsers.close();
    const stack = await this.#stack?.catch(() => undefined);
    await stack?.stop();
  }

  #context({ cell, signal, clock, defer }: ContextOptions): RunContext {
    const context: RunContext = {
      cell: { ...cell, row: modes[cell.mode] },
      signal,
      recordedCall: (wanted = cell) => clock.pauseFor(this.#recordedCall(wanted)),
      recordCallOn: async (options) => {
        context.note('a server starts');
        return recordCall(context, { cell, stack: await context.startStack(options) });
      },
      sharedStack: () => this.#sharedStack(),
      startStack: async (options) => {
        this.#requireOpen();
        const stack = await startStack(options);
        defer(() => stack.stop());
        return stack;
      },
      startRelay: async (rewrite) => {
        const { url } = await this.#sharedStack();
        const relay = await startActiveRelay({
          upstreamUrl: url,
          ...(rewrite === undefined ? {} : { rewrite }),
        });
        defer(() => relay.close());
        return relay;
      },
      invite: async (speaker, options = {}) => {
        const person = await this.#invite(speaker, options);
        defer(() => person.context.close());
        return person;
      },
      note: (step) => {
        clock.note(step);
      },
      defer,
    };
    return context;
  }

  async #invite(speaker: Speaker, options: InviteOptions): Promise<Person> {
    this.#requireOpen();
    const { microphone = 'granted' } = options;
    const browser = await this.#browsers.browserOf({ speaker, microphone });
    const { context, page } = await openWindow(browser, options);
    page.setDefaultTimeout(stepTimeoutMs);
    const serverUrl = options.serverUrl ?? (await this.#sharedStack()).url;
    return new Person({ speaker, context, page, serverUrl });
  }

  async #sharedStack(): Promise<Stack> {
    this.#requireOpen();
    this.#stack ??= startStack();
    return this.#stack;
  }

  /** A run that was ended goes on until its next step: whatever it started then, nobody would close. */
  #requireOpen(): void {
    this.#stopped.signal.throwIfAborted();
  }

  #recordedCall(cell: Cell): Promise<RecordedCall> {
    const key = `${cell.mode} ${cell.topology}`;
    const known = this.#calls.get(key);
    if (known !== undefined) return known;
    const recording = this.run({ cell, timeoutMs: recordingTimeoutMs }, async (context) =>
      recordCall(context, { cell, stack: await this.#sharedStack() }),
    );
    this.#calls.set(key, recording);
    // A call that did not come about may do so for the next who needs it.
    recording.catch(() => this.#calls.delete(key));
    return recording;
  }
}

interface ContextOptions {
  readonly cell: Cell;
  readonly signal: AbortSignal;
  readonly clock: RunClock;
  /** Closes when the run ends; at once if it has. */
  readonly defer: RunContext['defer'];
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const rejected = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new LabError('stopped', 'aborted'));
    };
    if (signal.aborted) rejected();
    else signal.addEventListener('abort', rejected, { once: true });
  });
}
