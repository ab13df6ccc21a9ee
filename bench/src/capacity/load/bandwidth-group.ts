/**
 * Processes that together get no more than a share of one core: a control group with a CPU bandwidth, of
 * Linux's version 1 (Documentation/scheduler/sched-bwc.rst) or 2 (admin-guide/cgroup-v2.rst, `cpu.max`).
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** Where the kernel's CPU controller is mounted. Of both versions at most one has it. */
export const cpuController = z.strictObject({
  version: z.union([z.literal(1), z.literal(2)]),
  folder: z.string(),
});
export type CpuController = z.infer<typeof cpuController>;

export type ControllerSearch =
  | { readonly isThere: true; readonly controller: CpuController }
  | { readonly isThere: false; readonly reason: string };

/**
 * Who has used the share waits for the next period. Short beside the 20 ms that a packet may be late, and more
 * than two ticks of a kernel that looks 250 times a second.
 */
const periodUs = 10_000;
/** Killed processes are gone within milliseconds; the group cannot be removed before. */
const removeTimeoutMs = 5000;
const pollMs = 10;

export class BandwidthGroup {
  readonly #version: CpuController['version'];
  readonly #folder: string;

  /** Of that process, which has one at most; it need not be a member. */
  constructor({ version, folder }: CpuController, ownerId: number) {
    this.#version = version;
    this.#folder = path.join(folder, `earshot-capacity-${ownerId}`);
  }

  /** With the whole core. @throws Error where this process may not, or groups have no bandwidth there */
  make(): void {
    mkdirSync(this.#folder);
    this.allow(1);
  }

  /** From now on for all members together. 1: the whole core. */
  allow(coreShare: number): void {
    const quotaUs = coreShare === 1 ? undefined : Math.round(coreShare * periodUs);
    switch (this.#version) {
      case 1:
        this.#write('cpu.cfs_period_us', String(periodUs));
        this.#write('cpu.cfs_quota_us', String(quotaUs ?? -1));
        break;
      case 2:
        this.#write('cpu.max', `${quotaUs ?? 'max'} ${periodUs}`);
    }
  }

  /** Running processes, all their threads and the children they have from now on. */
  add(processIds: readonly number[]): void {
    for (const id of processIds) this.#write('cgroup.procs', String(id));
  }

  /** Kills whoever is still in it. Idempotent, and nothing where it was never made. */
  async remove(): Promise<void> {
    const deadlineMs = performance.now() + removeTimeoutMs;
    while (!this.#isRemoved(performance.now() > deadlineMs)) {
      this.#killMembers();
      await sleep(pollMs);
    }
  }

  #isRemoved(isLastTry: boolean): boolean {
    try {
      rmdirSync(this.#folder);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return true;
      if (codeOf(error) !== 'EBUSY' || isLastTry) throw error;
      return false;
    }
  }

  #killMembers(): void {
    const members = readFileSync(path.join(this.#folder, 'cgroup.procs'), 'utf8').split('\n');
    // 0 is a process that this one cannot see, and would be this one's own group.
    for (const id of members.map(Number).filter((id) => id > 0)) {
      try {
        process.kill(id, 'SIGKILL');
      } catch (error) {
        if (codeOf(error) !== 'ESRCH') throw error;
      }
    }
  }

  /** Such a file is never created: its absence means that the group lacks the controller. */
  #write(name: string, value: string): void {
    writeFileSync(path.join(this.#folder, name), value, { flag: 'r+' });
  }
}

/** Whether this process may hold others to a share: found out by making a group. */
export async function findCpuController(mounts = readMounts()): Promise<ControllerSearch> {
  const controller = cpuControllerIn(mounts);
  if (controller === undefined) return { isThere: false, reason: 'no control groups are mounted' };
  const group = new BandwidthGroup(controller, process.pid);
  try {
    group.make();
    group.allow(0.5);
    return { isThere: true, controller };
  } catch (error) {
    return { isThere: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await group.remove();
  }
}

/** Of the lines of `/proc/self/mounts`. Version 2 has each controller that no mount of version 1 has. */
export function cpuControllerIn(mounts: string): CpuController | undefined {
  const all = mounts.split('\n').map((line) => {
    const [, folder = '', type, options = ''] = line.split(' ');
    return { folder, type, options: options.split(',') };
  });
  const ofCpu = all.find(({ type, options }) => type === 'cgroup' && options.includes('cpu'));
  if (ofCpu !== undefined) return { version: 1, folder: ofCpu.folder };
  const unified = all.find(({ type }) => type === 'cgroup2');
  return unified === undefined ? undefined : { version: 2, folder: unified.folder };
}

function readMounts(): string {
  return process.platform === 'linux' ? readFileSync('/proc/self/mounts', 'utf8') : '';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
