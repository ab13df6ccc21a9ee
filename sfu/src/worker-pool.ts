/** The mediasoup workers: chosen by load, replaced when they die. */
import { ProtocolError } from '@earshot/protocol';
import type { types } from 'mediasoup';
import type { MediaLog } from './media-log.ts';
import {
  endWorkerProcess,
  listen,
  startWorkerProcess,
  type ListenOptions,
} from './worker-process.ts';

export interface WorkerPoolOptions extends ListenOptions {
  readonly workers: number;
  /** Worker i listens on `firstPort + i`, UDP and TCP; 0: on any free ports. */
  readonly firstPort: number;
  readonly log: MediaLog;
}

/** What a room costs its worker. */
export interface RoomLoad {
  readonly producerCount: number;
  readonly consumerCount: number;
}

/** A living worker and the rooms on it. */
export interface MediaWorker {
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
  readonly rooms: Set<RoomLoad>;
}

interface Slot {
  readonly port: number;
  running: (MediaWorker & { readonly sinceMs: number }) | undefined;
  /** Deaths and failed starts in a row. */
  failures: number;
  retry: NodeJS.Timeout | undefined;
  starting: Promise<void> | undefined;
}

const firstRetryMs = 100;
const lastRetryMs = 10_000;
/** A worker that lived this long did not die of how it was started. */
const steadyMs = 60_000;
/** How long a new room waits for a worker while all are being replaced. */
const acquireTimeoutMs = 5_000;

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[];
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, (_, index) => ({
      port: options.firstPort === 0 ? 0 : options.firstPort + index,
      running: undefined,
      failures: 0,
      retry: undefined,
      starting: undefined,
    }));
  }

  /** Starts every worker. @throws Error when one does not start; then none is left running. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const starts = await Promise.allSettled(pool.#slots.map((slot) => pool.#start(slot)));
    for (const start of starts) {
      if (start.status === 'fulfilled') continue;
      await pool.close();
      throw start.reason;
    }
    return pool;
  }

  get workers(): readonly MediaWorker[] {
    return this.#slots.flatMap(({ running }) =>
      // Its death is known here before it is told (`died`).
      running === undefined || running.worker.closed ? [] : [running],
    );
  }

  /**
   * Opens something on the worker with the fewest consumers, then with the fewest rooms. Waits a while
   * if all workers are dead.
   * @throws ProtocolError `media-lost` when none came up, or the pool is closed.
   */
  async openOnLeastLoaded<T>(open: (host: MediaWorker) => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + acquireTimeoutMs;
    for (;;) {
      if (this.#isClosed) throw new ProtocolError('media-lost', 'media server is closed');
      const host = this.workers.toSorted(byLoad)[0];
      if (host !== undefined) return openInPlace(host, open);
      const remainingMs = deadlineMs - performance.now();
      if (remainingMs <= 0) throw new ProtocolError('media-lost', 'no media worker is running');
      await this.#change(remainingMs);
    }
  }

  /** Ends every worker process, those still starting included. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await Promise.all(
      this.#slots.map(async (slot) => {
        clearTimeout(slot.retry);
        await slot.starting;
        if (slot.running !== undefined) await endWorkerProcess(slot.running.worker);
        slot.running = undefined;
      }),
    );
  }

  async #start(slot: Slot): Promise<void> {
    const { log } = this.#options;
    const worker = await startWorkerProcess();
    worker.once('died', (cause) => {
      log.error({ pid: worker.pid, cause: cause.message }, 'media worker died');
      if (slot.running?.worker === worker) this.#replace(slot);
    });
    try {
      const webRtcServer = await listen(worker, { ...this.#options, port: slot.port });
      slot.running = { worker, webRtcServer, rooms: new Set(), sinceMs: performance.now() };
    } catch (cause) {
      await endWorkerProcess(worker);
      throw new Error(`media worker cannot listen on port ${slot.port}`, { cause });
    }
    log.info({ pid: worker.pid, port: slot.port }, 'media worker ready');
    this.#wake();
  }

  /** The first time at once; a worker that keeps dying ever more slowly. */
  #replace(slot: Slot): void {
    const livedMs = slot.running === undefined ? 0 : performance.now() - slot.running.sinceMs;
    slot.running = undefined;
    if (this.#isClosed) return;
    if (livedMs >= steadyMs) slot.failures = 0;
    const delayMs =
      slot.failures === 0 ? 0 : Math.min(firstRetryMs * 2 ** (slot.failures - 1), lastRetryMs);
    slot.failures++;
    slot.retry = setTimeout(() => {
      slot.starting = this.#start(slot).catch((cause: unknown) => {
        this.#options.log.error({ cause: String(cause) }, 'media worker was not replaced');
        this.#replace(slot);
      });
    }, delayMs);
  }

  /** Resolves when a worker is ready, the pool closes, or the time is over. */
  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** Counts as a room from the moment of choice, so that rooms opened at once spread. */
async function openInPlace<T>(
  host: MediaWorker,
  open: (host: MediaWorker) => Promise<T>,
): Promise<T> {
  const place = { producerCount: 0, consumerCount: 0 };
  host.rooms.add(place);
  try {
    return await open(host);
  } finally {
    host.rooms.delete(place);
  }
}

function byLoad(a: MediaWorker, b: MediaWorker): number {
  return consumersOn(a) - consumersOn(b) || a.rooms.size - b.rooms.size;
}

export function consumersOn({ rooms }: MediaWorker): number {
  let sum = 0;
  for (const room of rooms) sum += room.consumerCount;
  return sum;
}

export function producersOn({ rooms }: MediaWorker): number {
  let sum = 0;
  for (const room of rooms) sum += room.producerCount;
  return sum;
}
