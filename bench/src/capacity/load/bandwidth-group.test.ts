import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BandwidthGroup, cpuControllerIn, findCpuController } from './bandwidth-group.ts';
import { cpuMsOf } from './process-usage.ts';

const v1 = 'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0';
const v1Others = [
  'cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0',
  'cgroup /sys/fs/cgroup/cpuacct cgroup rw,cpuacct 0 0',
];
const v2 = 'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nosuid 0 0';

it.each([
  ['version 1', [...v1Others, v1], { version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct' }],
  ['version 2', [v2], { version: 2, folder: '/sys/fs/cgroup/unified' }],
  ['both, CPU in 1', [v2, v1], { version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct' }],
  ['both, CPU in 2', [...v1Others, v2], { version: 2, folder: '/sys/fs/cgroup/unified' }],
  ['neither', ['proc /proc proc rw,cpu 0 0', ''], undefined],
])('the CPU controller where %s is mounted', (_, mounts, controller) => {
  expect(cpuControllerIn(mounts.join('\n'))).toEqual(controller);
});

describe('in files', () => {
  function groupWith(version: 1 | 2, files: readonly string[]) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'earshot-controller-'));
    const own = path.join(folder, 'earshot-capacity-7');
    mkdirSync(own);
    for (const name of files) writeFileSync(path.join(own, name), '');
    const read = (name: string): string => readFileSync(path.join(own, name), 'utf8');
    return { group: new BandwidthGroup({ version, folder }, 7), read };
  }

  it.each([
    [0.3, '3000'],
    [1, '-1'],
  ])('version 1 is told %s of a core', (share, quota) => {
    const { group, read } = groupWith(1, ['cpu.cfs_period_us', 'cpu.cfs_quota_us']);
    group.allow(share);
    expect([read('cpu.cfs_period_us'), read('cpu.cfs_quota_us')]).toEqual(['10000', quota]);
  });

  it.each([
    [0.3, '3000 10000'],
    [1, 'max 10000'],
  ])('version 2 is told %s of a core', (share, max) => {
    const { group, read } = groupWith(2, ['cpu.max']);
    group.allow(share);
    expect(read('cpu.max')).toBe(max);
  });

  it('where groups have no bandwidth, the search says so and leaves none', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'earshot-controller-'));
    for (const mount of [`none ${folder} cgroup2 rw 0 0`, `none ${folder} cgroup rw,cpu 0 0`]) {
      expect(await findCpuController(mount)).toEqual({
        isThere: false,
        reason: expect.stringMatching(/ENOENT.*cpu\.(max|cfs_period_us)/) as unknown,
      });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('without control groups the search says so', async () => {
    expect(await findCpuController('proc /proc proc rw 0 0')).toEqual({
      isThere: false,
      reason: 'no control groups are mounted',
    });
  });
});

const found = await findCpuController();

describe.runIf(found.isThere)(`in the kernel${found.isThere ? '' : `: ${found.reason}`}`, () => {
  function made() {
    if (!found.isThere) throw new Error(found.reason);
    const owner = process.pid;
    const folder = path.join(found.controller.folder, `earshot-capacity-${owner}`);
    const group = new BandwidthGroup(found.controller, owner);
    group.make();
    onTestFinished(() => group.remove());
    return { group, folder };
  }

  function spinning(): number {
    const child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    });
    if (child.pid === undefined) throw new Error('no sh');
    return child.pid;
  }

  async function usedShare(processIds: readonly number[]): Promise<number> {
    const [startedAtMs, beforeMs] = [performance.now(), cpuMsOf(processIds)];
    await sleep(1000);
    return (cpuMsOf(processIds) - beforeMs) / (performance.now() - startedAtMs);
  }

  it('the search leaves no group behind', () => {
    const controller = found.isThere ? found.controller.folder : '';
    expect(existsSync(path.join(controller, `earshot-capacity-${process.pid}`))).toBe(false);
  });

  it('holds its members together to the share, until they may use the core', async () => {
    const { group } = made();
    const members = [spinning(), spinning()];
    group.add(members);
    group.allow(0.1);
    // Processes of the same kind, unlimited, take a core or what others leave of it.
    expect(await usedShare(members)).toBeLessThan(0.15);
    group.allow(1);
    await vi.waitFor(async () => expect(await usedShare(members)).toBeGreaterThan(0.15), {
      timeout: 30_000,
    });
  });

  it('is removed with whoever is still in it, and may be removed again', async () => {
    const { group, folder } = made();
    const member = spinning();
    group.add([member]);
    group.allow(0.1);
    await group.remove();
    expect(existsSync(folder)).toBe(false);
    await vi.waitFor(() => expect(existsSync(`/proc/${member}`)).toBe(false));
    await group.remove();
  });
});
