/** One core for the server, another for the load: what is measured must not be what measures. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';

export interface Cores {
  readonly server: number;
  readonly load: number;
}

/**
 * The first allowed core serves, the second one loads.
 * @throws Error where the system has no two cores, or cannot bind a process to one
 */
export function chooseCores(): Cores {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const [server, load] = allowedCores(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
  if (server === undefined || load === undefined) {
    throw new Error('needs Linux with two cores: one for the server, one for the load');
  }
  if (spawnSync('taskset', ['-V']).error !== undefined) {
    throw new Error('needs taskset (package util-linux)');
  }
  return { server, load };
}

/** `0-2,5` as proc(5) writes it: 0, 1, 2 and 5. */
export function allowedCores(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    if (first === undefined || last === undefined || range === '') return [];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** A command that runs `program` on that core; threads and children inherit it. */
export function onCore(
  core: number,
  program: readonly string[],
): readonly [string, readonly string[]] {
  return ['taskset', ['-c', String(core), ...program]];
}

/** Moves running processes there, all their threads. @throws Error if that fails */
export function moveToCore(core: number, processIds: readonly number[]): void {
  for (const id of processIds) {
    const { status } = spawnSync('taskset', ['-apc', String(core), String(id)]);
    if (status !== 0) throw new Error(`process ${id} could not be bound to core ${core}`);
  }
}
