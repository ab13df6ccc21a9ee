/** `npm run bench`: measures, prints tables and JSON. Judges nothing: bars that are not kept are named. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { measureBytes } from './bytes.ts';
import { CallBench } from './calls.ts';
import { measureCiphers } from './cipher.ts';
import { measureGroups } from './groups.ts';
import { measureJoin } from './join.ts';
import { parseOptions, usage, type BenchOptions, type Part } from './options.ts';
import { PageBench } from './page-bench.ts';
import { measureRenderer } from './renderer.ts';
import { toMarkdown, type PartReport } from './report.ts';

/** Voice measured per call for its bytes. */
const bytesWindowMs = { quick: 2000, full: 6000 };

const options = readOptions();
const startedAt = new Date();
const reports: Partial<Record<Part, PartReport>> = {};

if (wants('join') || wants('bytes')) {
  const calls = await CallBench.start();
  try {
    await run('join', () => measureJoin(calls, options.runs));
    const windowMs = options.isQuick ? bytesWindowMs.quick : bytesWindowMs.full;
    await run('bytes', () => measureBytes(calls, windowMs));
  } finally {
    await calls.close();
  }
}
if (wants('cipher') || wants('renderer')) {
  const pages = await PageBench.start();
  try {
    await run('cipher', () => measureCiphers(pages, options));
    await run('renderer', () => measureRenderer(pages, options));
  } finally {
    await pages.close();
  }
}
await run('groups', () => measureGroups(options));

const results = {
  startedAt: startedAt.toISOString(),
  seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
  machine: {
    cores: os.cpus().length,
    cpu: os.cpus()[0]?.model,
    // Of the last 1, 5 and 15 minutes: what else ran shows here.
    load: os.loadavg(),
  },
  runs: options.runs,
  reports,
};
const json = JSON.stringify(results, undefined, 2);
console.log(json);
if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${json}\n`);

function wants(part: Part): boolean {
  return options.only.includes(part);
}

async function run(part: Part, measure: () => Promise<PartReport>): Promise<void> {
  if (!wants(part)) return;
  const report = await measure();
  reports[part] = report;
  console.log(toMarkdown(report));
}

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}
