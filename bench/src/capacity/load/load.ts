/** A load process, as the program holds it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { System } from '../servers/forwarding-server.ts';
import { BandwidthGroup, type CpuController } from './bandwidth-group.ts';
import { onCore, type Cores } from './cores.ts';
import { childrenOf } from '@earshot/intercept/stage/process-tree';
import {
  report,
  type Command,
  type Layout,
  type MeasureCommand,
  type Ready,
  type Report,
  type Sample,
} from './load-messages.ts';

export interface LoadOptions {
  readonly system: System;
  readonly layout: Layout;
  readonly cores: Cores;
  /** Null: the server has its core to itself, and no window can ask for less. */
  readonly controller: CpuController | null;
}

export interface Load {
  readonly system: System;
  readonly ready: Ready;
  measure(command: Omit<MeasureCommand, 'kind'>): Promise<Sample>;
  /** Resolves when the process, its server and that one's group are gone. Idempotent. */
  close(): Promise<void>;
}

const program = fileURLToPath(new URL('load-process.ts', import.meta.url));
const closeTimeoutMs = 15_000;

/** @throws Error when the server does not start or its rooms cannot be filled */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { system, layout, cores, controller } = options;
  const [file, args] = onCore(cores.load, [process.execPath, program]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  let give: ((answer: Report) => void) | undefined;
  child.on('message', (message) => give?.(report.parse(message)));
  child.once('exit', () => give?.({ kind: 'failed', reason: 'the load process ended' }));
  const ask = async (request: Command): Promise<Ready | Sample> => {
    const answer = await new Promise<Report>((resolve) => {
      give = resolve;
      child.send(request);
    });
    if (answer.kind === 'failed') throw new Error(`${system}: ${answer.reason}`);
    return answer;
  };
  const close = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const killer = setTimeout(() => killTree(child.pid), closeTimeoutMs);
    await exited;
    clearTimeout(killer);
    // Left behind only if it was killed.
    if (controller !== null && child.pid !== undefined)
      await new BandwidthGroup(controller, child.pid).remove();
  };
  try {
    const { server: serverCore, load: loadCore } = cores;
    const order = { system, layout, serverCore, loadCore, controller };
    const ready = await ask({ kind: 'start', ...order });
    if (ready.kind !== 'ready') throw new Error('a load that measures before it starts');
    return {
      system,
      ready,
      measure: async (window) => {
        const sample = await ask({ kind: 'measure', ...window });
        if (sample.kind !== 'sample') throw new Error('a load that starts again');
        return sample;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The load process, its server and that one's worker: none may outlive a run. */
function killTree(processId: number | undefined): void {
  if (processId === undefined) return;
  const children = childrenOf(processId);
  process.kill(processId, 'SIGKILL');
  for (const child of children) killTree(child);
}
