/** Starting and ending one mediasoup worker: a process of its own, and its WebRtcServer. */
import process from 'node:process';
import { createWorker, workerBin, type types } from 'mediasoup';

export interface ListenOptions {
  /** Address that the workers bind, UDP and TCP. */
  readonly listenIp: string;
  /** Address that clients are told instead, behind NAT or when bound to every address. */
  readonly announcedAddress?: string;
}

/** How long a worker may take to end by itself before it is killed. */
const endTimeoutMs = 3_000;

/**
 * Starts a worker process.
 * @throws Error when the binary does not run; the message says what to do.
 */
export async function startWorkerProcess(): Promise<types.Worker> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => new Set(process.listeners(signal)));
  // One line per event, not per packet: warnings can be had by whoever sends garbage.
  const starting = createWorker({ logLevel: 'error' });
  // mediasoup closes its workers on the first signal, which would cut every call short at the moment
  // when the server begins to drain. The server decides when they end: `close()`.
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.has(listener) !== true) process.removeListener(signal, listener);
    }
  }
  try {
    return await starting;
  } catch (cause) {
    throw new Error(
      `mediasoup worker did not start: ${workerBin} (set MEDIASOUP_WORKER_BIN to a worker of this version)`,
      { cause },
    );
  }
}

/** Opens the worker's one port, UDP and TCP; with port 0 each takes a free one. */
export function listen(
  worker: types.Worker,
  options: ListenOptions & { readonly port: number },
): Promise<types.WebRtcServer> {
  const { listenIp, announcedAddress, port } = options;
  return worker.createWebRtcServer({
    listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({
      protocol,
      ip: listenIp,
      ...(announcedAddress === undefined ? {} : { announcedAddress }),
      port,
    })),
  });
}

/** Closes the worker and resolves when its process is gone; kills it if it does not go. Idempotent. */
export async function endWorkerProcess(worker: types.Worker): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (worker.subprocessClosed) resolve();
    else worker.once('subprocessclose', resolve);
  });
  worker.close();
  const kill = setTimeout(() => process.kill(worker.pid, 'SIGKILL'), endTimeoutMs);
  await gone;
  clearTimeout(kill);
}
