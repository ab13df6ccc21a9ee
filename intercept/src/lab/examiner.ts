/**
 * Judges evidence and writes it down, on a thread of its own: correlating and drawing take seconds, in which the
 * lab's relays must go on forwarding other people's calls.
 */
import { Worker } from 'node:worker_threads';
import type { Evidence } from './evidence.ts';
import { LabError } from './lab-error.ts';
import type { Outcome } from './verdict.ts';
import type { RunResult } from './verdict-schema.ts';

export interface Findings extends Pick<RunResult, 'measures' | 'files'> {
  readonly outcome: Outcome;
  /** Undefined where nobody could have noticed. */
  readonly noticed: boolean | undefined;
}

export interface ExaminerOptions {
  /** Where bundles are written. */
  readonly folder: string;
}

export interface ExaminerTask extends Examination {
  readonly id: number;
}

export interface Examination {
  /** The run's own folder, relative, `/` between its parts. */
  readonly place: string;
  readonly evidence: Evidence;
  /** Look for words in what was heard. */
  readonly hasWords: boolean;
}

export type ExaminerAnswer =
  | { readonly id: number; readonly ok: true; readonly findings: Findings }
  | { readonly id: number; readonly ok: false; readonly message: string };

interface Waiting {
  readonly resolve: (findings: Findings) => void;
  readonly reject: (error: Error) => void;
}

export class Examiner {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  /** Why nothing more is examined. */
  #end: LabError | undefined;

  constructor(options: ExaminerOptions) {
    this.#worker = new Worker(new URL('./examiner-worker.ts', import.meta.url), {
      workerData: options,
    });
    this.#worker.on('message', (answer: ExaminerAnswer) => {
      this.#take(answer);
    });
    this.#worker.on('error', (cause) => {
      this.#finish(new LabError('not-examined', 'the examiner stopped', { cause }));
    });
  }

  /** @throws LabError `not-examined`, or `stopped` where `close` came first */
  examine(examination: Examination): Promise<Findings> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Findings>();
    this.#waiting.set(id, { resolve, reject });
    const task: ExaminerTask = { id, ...examination };
    this.#worker.postMessage(task);
    return promise;
  }

  /** Gives up what is not finished. Idempotent. */
  async close(): Promise<void> {
    this.#finish(new LabError('stopped', 'the lab was stopped'));
    await this.#worker.terminate();
  }

  #take(answer: ExaminerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.findings);
    else waiting?.reject(new LabError('not-examined', answer.message));
  }

  #finish(error: LabError): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
