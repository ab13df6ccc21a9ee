/** Arrivals a second through signaling, and through socket.io with messages of the same sizes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  arrivalReport,
  arrivalServers,
  type ArrivalOrder,
  type ArrivalResult,
  type ArrivalServer,
} from '../arrivals/arrival-messages.ts';
import { onCore, type Cores } from '../load/cores.ts';

export interface JoinsOptions {
  readonly cores: Cores;
  readonly runs: number;
  readonly arrivals: number;
  /** No further run begins later: `performance.now()`. */
  readonly deadlineMs: number;
  readonly onProgress: (line: string) => void;
}

export interface JoinsResult {
  readonly server: ArrivalServer;
  readonly runs: readonly ArrivalResult[];
}

const program = fileURLToPath(new URL('../arrivals/arrivals-process.ts', import.meta.url));
const roomSize = 8;
const atOnce = 8;
const runTimeoutMs = 60_000;

/** Run by run; Earshot first, because its messages say how long the others' are. */
export async function measureJoins(options: JoinsOptions): Promise<JoinsResult[]> {
  const { cores, arrivals, onProgress } = options;
  const runs: Record<ArrivalServer, ArrivalResult[]> = { earshot: [], socketio: [] };
  for (let run = 0; run < options.runs && performance.now() < options.deadlineMs; run++) {
    for (const server of arrivalServers) {
      const sizes = runs.earshot.at(-1)?.sizes ?? { request: 0, answer: 0, event: 0 };
      const order = { server, arrivals, roomSize, atOnce, serverCore: cores.server, sizes };
      const result = await runArrivals(order, cores.load);
      runs[server].push(result);
      const perS = (1000 * arrivals) / result.elapsedMs;
      const cpuMs = result.serverCpuMs / arrivals;
      onProgress(`${server}: ${perS.toFixed(0)} joins/s, ${cpuMs.toFixed(2)} ms of server each`);
    }
  }
  return arrivalServers
    .map((server) => ({ server, runs: runs[server] }))
    .filter((result) => result.runs.length > 0);
}

async function runArrivals(order: ArrivalOrder, loadCore: number): Promise<ArrivalResult> {
  const [file, args] = onCore(loadCore, [process.execPath, program]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const killer = setTimeout(() => child.kill('SIGTERM'), runTimeoutMs);
  try {
    child.send(order);
    const message: unknown = await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', () => reject(new Error('the arrivals ended without a result')));
    });
    const report = arrivalReport.parse(message);
    if ('failed' in report) throw new Error(report.failed);
    return report;
  } finally {
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(killer);
  }
}
