import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { childrenOf } from '@earshot/intercept/stage/process-tree';
import { findCpuController } from './bandwidth-group.ts';
import { chooseCores } from './cores.ts';
import { startLoad, type Load } from './load.ts';

const canBind = process.platform === 'linux' && os.availableParallelism() > 1;
const search = await findCpuController();
const busyMachine = { timeout: 50_000, interval: 50 };
const window = { speakers: 1, settleMs: 50, windowMs: 200 };

afterEach(() => {
  vi.unstubAllEnvs();
});

function start(controller = search.isThere ? search.controller : null): Promise<Load> {
  const layout = { kind: 'audience', rooms: 1, speakers: 1, listeners: 1 } as const;
  return startLoad({ system: 'bare', layout, cores: chooseCores(), controller });
}

it.runIf(canBind)('measures with no less than the whole core what nothing can limit', async () => {
  const load = await start(null);
  onTestFinished(() => load.close());
  expect((await load.measure({ ...window, coreShare: 1 })).coreShare).toBe(1);
  await expect(load.measure({ ...window, coreShare: 0.5 })).rejects.toThrow('nothing limits');
});

describe.runIf(canBind && search.isThere)(
  `in a group${search.isThere ? '' : `: ${search.reason}`}`,
  () => {
    const folder = search.isThere ? search.controller.folder : '';
    const groupOf = (id: number): string => path.join(folder, `earshot-capacity-${id}`);
    const groups = (): string[] =>
      readdirSync(folder).filter((name) => name.startsWith('earshot-capacity-'));

    const coresOf = (id: number): string | undefined =>
      /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];

    /** A load, its process, and those of its server. */
    async function started() {
      const load = await start();
      onTestFinished(() => load.close());
      const id = childrenOf(process.pid).find((child) => existsSync(groupOf(child)));
      if (id === undefined) throw new Error('no group');
      const members = readFileSync(path.join(groupOf(id), 'cgroup.procs'), 'utf8');
      return { load, id, members: members.trim().split('\n').map(Number) };
    }

    it('are the server and its worker, on their core, and nobody of the load', async () => {
      const { load, id, members } = await started();
      const servers = childrenOf(id);
      expect(servers).toHaveLength(1);
      expect(members.toSorted()).toEqual([...servers, ...servers.flatMap(childrenOf)].toSorted());
      const cores = chooseCores();
      expect(coresOf(id)).toBe(String(cores.load));
      for (const member of members) expect(coresOf(member)).toBe(String(cores.server));
      await load.close();
      expect(existsSync(groupOf(id))).toBe(false);
    });

    it('has the share of the window that is measured', async () => {
      const { load, id } = await started();
      const limit = existsSync(path.join(groupOf(id), 'cpu.max')) ? 'cpu.max' : 'cpu.cfs_quota_us';
      const shown = (): string => readFileSync(path.join(groupOf(id), limit), 'utf8');
      expect(shown()).toMatch(/^(-1|max)\b/);
      expect((await load.measure({ ...window, coreShare: 0.3 })).coreShare).toBe(0.3);
      expect(shown()).toMatch(/^3000\b/);
      expect((await load.measure({ ...window, coreShare: 1 })).coreShare).toBe(1);
      expect(shown()).toMatch(/^(-1|max)\b/);
    });

    it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      'is gone after %s, before anybody closes it',
      async (signal) => {
        const { id } = await started();
        process.kill(id, signal);
        await vi.waitFor(() => expect(existsSync(groupOf(id))).toBe(false), busyMachine);
      },
    );

    it('is gone, and its server, when a load that was killed is closed', async () => {
      const { load, id } = await started();
      const measured = load.measure({ ...window, coreShare: 1, windowMs: 60_000 });
      process.kill(id, 'SIGKILL');
      await expect(measured).rejects.toThrow('the load process ended');
      await load.close();
      // The kernel keeps a group while anybody runs in it.
      expect(existsSync(groupOf(id))).toBe(false);
    });

    it('is gone, and its server, when a load that hangs is closed', async () => {
      const { load, id } = await started();
      process.kill(id, 'SIGSTOP');
      await load.close();
      expect(existsSync(groupOf(id))).toBe(false);
    });

    it('is gone where the server did not start', async () => {
      const before = groups();
      vi.stubEnv('MEDIASOUP_WORKER_BIN', '/nowhere');
      await expect(start()).rejects.toThrow('bare');
      expect(groups().filter((name) => !before.includes(name))).toEqual([]);
    });
  },
);
