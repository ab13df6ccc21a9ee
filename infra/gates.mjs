/**
 * Runs every gate, in this order, to its end, and adds up what each one says. Every gate is the npm
 * script of the same name, so that what fails here can be run alone.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { npmCommand } from './bootstrap/command.mjs';
import { countGate, countPlaywright, countVitest, describeCounts, sum } from './gates/counts.mjs';
import { failuresOfPlaywright, failuresOfVitest, pagesOf } from './gates/failures.mjs';

/** A gate that takes longer has hung. */
const timeoutMs = 45 * 60_000;
const reportFolder = path.resolve('test-results', 'gates');

/**
 * @typedef {object} TestReport
 * @property {(file: string) => { args: string[], env: NodeJS.ProcessEnv }} request How to have it written.
 * @property {(report: unknown) => import('./gates/counts.mjs').Counts} count
 * @property {(report: unknown) => import('./gates/failures.mjs').Failure[]} failures
 */

/** @type {TestReport} */
const vitest = {
  request: (file) => ({
    args: ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    env: {},
  }),
  count: countVitest,
  failures: failuresOfVitest,
};

/** @type {TestReport} */
const playwright = {
  request: (file) => ({
    args: ['--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  }),
  count: countPlaywright,
  failures: failuresOfPlaywright,
};

/** @type {readonly { name: string, report?: TestReport }[]} Cheapest first. */
const gates = [
  { name: 'format' },
  { name: 'lint' },
  { name: 'types' },
  { name: 'deps' },
  { name: 'unused' },
  { name: 'build' },
  { name: 'test:unit', report: vitest },
  { name: 'test:browser', report: vitest },
  { name: 'test:e2e', report: playwright },
];

fs.rmSync(reportFolder, { recursive: true, force: true });
fs.mkdirSync(reportFolder, { recursive: true });

const results = [];
for (const gate of gates) results.push(await runGate(gate));

console.log('');
for (const { name, failures } of results) {
  for (const failure of failures)
    console.log(`failed in ${name}: ${failure.name}: ${failure.reason}`);
}
for (const { name, counts, seconds } of results) {
  const verdict = counts.failed === 0 ? 'passed' : 'failed';
  console.log(`${verdict} ${name.padEnd(13)} ${describeCounts(counts)} (${seconds} s)`);
}
const total = sum(results.map(({ counts }) => counts));
console.log(describeCounts(total));
process.exitCode = total.failed === 0 ? 0 : 1;

/** @param {{ name: string, report?: TestReport }} gate */
async function runGate({ name, report }) {
  console.log(`\n--- ${name}`);
  const file = path.join(reportFolder, `${name.replace(':', '-')}.json`);
  const request = report?.request(file) ?? { args: [], env: {} };
  const startedAt = Date.now();
  const exitCode = await runScript(name, request);
  const written = fs.existsSync(file) ? readJson(file) : undefined;
  const counts = countGate({
    exitCode,
    hasTests: report !== undefined,
    tests: written === undefined ? undefined : report?.count(written),
  });
  const failures = written === undefined ? [] : (report?.failures(written) ?? []);
  const pages = pagesOf(failures, (context) =>
    fs.existsSync(context) ? fs.readFileSync(context, 'utf8') : '',
  );
  for (const line of pages) console.log(line);
  return { name, counts, failures, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

/**
 * @param {string} name
 * @param {{ args: string[], env: NodeJS.ProcessEnv }} request
 * @returns {Promise<number | null>} Null where it did not end by itself.
 */
function runScript(name, { args, env }) {
  const npm = npmCommand(process.env);
  const separated = args.length === 0 ? [] : ['--', ...args];
  return new Promise((resolve) => {
    const child = spawn(npm.command, [...npm.args, 'run', '--silent', name, ...separated], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: npm.command.endsWith('.cmd'),
      timeout: timeoutMs,
    });
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      child.kill(signal);
      process.exitCode = 1;
      child.once('exit', () => process.exit(1));
    };
    for (const signal of signals) process.once(signal, stop);
    /** @param {number | null} code */
    const end = (code) => {
      for (const signal of signals) process.off(signal, stop);
      resolve(code);
    };
    child.on('error', () => end(null));
    child.on('exit', end);
  });
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
