/** The media server: rooms on a pool of mediasoup workers, inside the process that calls it. */
import { ProtocolError } from '@earshot/protocol';
import type { MediaLoad, MediaRoom, MediaServer, OpenRoomOptions } from './api.ts';
import { refused } from './media-errors.ts';
import type { MediaLog } from './media-log.ts';
import { RouterRoom } from './media-room.ts';
import { consumersOn, producersOn, WorkerPool, type MediaWorker } from './worker-pool.ts';

export type { MediaLog } from './media-log.ts';

export interface MediaServerOptions {
  /** Worker processes, one CPU core each. */
  readonly workers: number;
  /** Address that the workers bind, UDP and TCP. */
  readonly listenIp: string;
  /** Address or host name that clients are told instead of `listenIp`. */
  readonly announcedAddress?: string;
  /** Worker i listens on `firstPort + i`, UDP and TCP; 0: on any free ports. */
  readonly firstPort: number;
  /** Let rooms be opened with `onRtp`. Lab only. */
  readonly allowTaps: boolean;
  readonly log: MediaLog;
}

/**
 * Starts the workers.
 * @throws RangeError for options that cannot work.
 * @throws Error when a worker does not start; the message says what to do.
 */
export async function createMediaServer(options: MediaServerOptions): Promise<MediaServer> {
  checkOptions(options);
  return new PooledMediaServer(options, await WorkerPool.start(options));
}

class PooledMediaServer implements MediaServer {
  readonly #options: MediaServerOptions;
  readonly #pool: WorkerPool;
  readonly #rooms = new Set<RouterRoom>();
  #closing: Promise<void> | undefined;

  constructor(options: MediaServerOptions, pool: WorkerPool) {
    this.#options = options;
    this.#pool = pool;
  }

  async openRoom(options: OpenRoomOptions): Promise<MediaRoom> {
    if (options.onRtp !== undefined && !this.#options.allowTaps) throw refused('taps are off');
    return this.#pool.openOnLeastLoaded((host) => this.#openOn(host, options));
  }

  load(): MediaLoad {
    const { workers } = this.#pool;
    return {
      workersAlive: workers.length,
      workersWanted: this.#options.workers,
      rooms: this.#rooms.size,
      producers: workers.reduce((sum, worker) => sum + producersOn(worker), 0),
      consumers: workers.reduce((sum, worker) => sum + consumersOn(worker), 0),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #openOn(host: MediaWorker, options: OpenRoomOptions): Promise<MediaRoom> {
    const room = await RouterRoom.open({
      ...options,
      worker: host.worker,
      webRtcServer: host.webRtcServer,
      log: this.#options.log,
      onClosed: (closed) => {
        this.#rooms.delete(closed);
        host.rooms.delete(closed);
      },
    });
    if (this.#closing !== undefined) {
      room.close();
      throw new ProtocolError('media-lost', 'media server is closed');
    }
    this.#rooms.add(room);
    host.rooms.add(room);
    return room;
  }

  async #close(): Promise<void> {
    // Before the workers, so that no room takes its worker's end for a loss.
    for (const room of [...this.#rooms]) room.close();
    await this.#pool.close();
  }
}

function checkOptions({
  workers,
  firstPort,
  listenIp,
  announcedAddress,
}: MediaServerOptions): void {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new RangeError(`workers: ${workers}, must be a positive integer`);
  }
  const lastPort = firstPort + workers - 1;
  if (!Number.isSafeInteger(firstPort) || firstPort < 0 || lastPort > 65_535) {
    throw new RangeError(`firstPort: ${firstPort}, must be 0 or leave a port for each worker`);
  }
  // Clients would be told to send to 0.0.0.0, and no call would connect.
  if ((listenIp === '0.0.0.0' || listenIp === '::') && announcedAddress === undefined) {
    throw new RangeError(`listenIp: ${listenIp} needs an announcedAddress`);
  }
}
