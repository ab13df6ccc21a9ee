/** `npm run capacity`: how much one core of the server carries, beside what people would use instead. */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findCpuController } from './load/bandwidth-group.ts';
import { chooseCores } from './load/cores.ts';
import { startLoad } from './load/load.ts';
import { parseOptions, usage, type CapacityOptions, type Part } from './options.ts';
import { measureForwarding } from './parts/forwarding.ts';
import { measureGrowth } from './parts/growth.ts';
import { measureJoins } from './parts/joins.ts';
import { chooseSearchShare, coreText, type SearchShare } from './parts/search-share.ts';
import { fullPlan, quickPlan } from './plan.ts';
import type { CapacityRun } from './results/capacity-run.ts';
import { capacityPage } from './results/page.ts';
import { toText } from './results/tables.ts';
import { ensureJanus, type Availability } from './servers/janus-package.ts';

const options = readOptions();
try {
  const run = await measureAll(options);
  console.log(toText(run));
  writeReport(run, options);
} catch (error) {
  console.error(`capacity: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function measureAll({ isQuick, only }: CapacityOptions): Promise<CapacityRun> {
  const startedAt = new Date();
  const loadBefore = os.loadavg()[0] ?? 0;
  const cores = chooseCores();
  const wants = (part: Part): boolean => only.includes(part);
  const janus = wants('forwarding') ? findJanus() : undefined;
  const searchShare = wants('forwarding') ? await findSearchShare() : undefined;
  // Installing it is not part of the time.
  const startedAtMs = performance.now();
  const plan = isQuick ? quickPlan : fullPlan;
  const deadline = (s: number): number => startedAtMs + 1000 * s;
  const shared = { cores, onProgress: progress };
  const forwarding =
    searchShare === undefined
      ? []
      : await measureForwarding({
          ...{ ...plan.forwarding, ...shared, deadlineMs: deadline(plan.forwardingUntilS) },
          ...{ searchShare, startLoad },
          systems: janus?.isThere === true ? ['bare', 'earshot', 'janus'] : ['bare', 'earshot'],
        });
  const growth = wants('growth')
    ? await measureGrowth({
        ...{ ...plan.growth, ...shared, deadlineMs: deadline(plan.growthUntilS) },
        ...{ startLoad, systems: isQuick ? ['earshot'] : ['earshot', 'bare'] },
      })
    : [];
  const joins = wants('joins')
    ? await measureJoins({ ...plan.joins, ...shared, deadlineMs: deadline(plan.joinsUntilS) })
    : [];
  return {
    startedAt: startedAt.toISOString(),
    seconds: Math.round((performance.now() - startedAtMs) / 1000),
    extent: isQuick ? 'quick' : 'full',
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      coreCount: os.availableParallelism(),
      cores,
      system: `${os.type()} ${os.release()}`,
      node: process.version,
      load: [loadBefore, os.loadavg()[0] ?? 0],
    },
    missing: only.filter((part) => ({ forwarding, growth, joins })[part].length === 0),
    janus: janus ?? null,
    searchShare: searchShare ?? null,
    ...{ forwarding, growth, joins },
  };
}

function findJanus(): Availability {
  progress('looking for Janus; installing it where that is possible');
  const janus = ensureJanus();
  progress(janus.isThere ? `Janus ${janus.version}` : `without Janus: ${janus.reason}`);
  return janus;
}

async function findSearchShare(): Promise<SearchShare> {
  const share = chooseSearchShare(await findCpuController());
  const why = share.isLimited ? '' : `: ${share.reason}`;
  progress(`every server is searched with ${coreText(share)}${why}`);
  return share;
}

function writeReport(run: CapacityRun, { outFolder, jsonFile }: CapacityOptions): void {
  const json = `${JSON.stringify(run, undefined, 1)}\n`;
  mkdirSync(outFolder, { recursive: true });
  writeFileSync(path.join(outFolder, 'capacity.json'), json);
  writeFileSync(path.join(outFolder, 'index.html'), capacityPage(run));
  if (jsonFile !== undefined) writeFileSync(jsonFile, json);
  progress(`report: ${path.join(outFolder, 'index.html')}`);
}

function progress(line: string): void {
  console.error(line);
}

function readOptions(): CapacityOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
