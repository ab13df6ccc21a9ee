/**
 * Makes sure that a command has what it needs, then runs it:
 *
 *     node infra/run.mjs [--worker] [--chromium] [--turn] [--client] [-- COMMAND [ARGUMENT...]]
 *
 * Always: Node 24 and the npm packages. --worker: the mediasoup worker. --chromium: a browser.
 * --turn: a TURN server, where one can be installed. --client: the built client. Runs on Node 18 and needs
 * no package. Signals go to the command, and its exit code comes back.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { ensureChromium } from './bootstrap/chromium.mjs';
import { ensureClient } from './bootstrap/client.mjs';
import { stopRunningCommands } from './bootstrap/command.mjs';
import { createContext, prependToPath } from './bootstrap/context.mjs';
import { BootstrapFailure } from './bootstrap/failure.mjs';
import { ensureNode } from './bootstrap/node.mjs';
import { ensurePackages } from './bootstrap/packages.mjs';
import { ensureTurn } from './bootstrap/turn.mjs';
import { ensureWorker } from './bootstrap/worker.mjs';

/** @typedef {import('./bootstrap/context.mjs').Context} Context */

/** In the order in which they build on each other. @type {Record<string, (context: Context) => Promise<void>>} */
const optionalSteps = {
  '--worker': ensureWorker,
  '--chromium': ensureChromium,
  '--turn': ensureTurn,
  '--client': ensureClient,
};

/** @type {NodeJS.Signals[]} */
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const orphanCheckMs = 500;

const { needs, command } = parseArguments(process.argv.slice(2));
const context = createContext();
try {
  await prepare();
} catch (error) {
  context.progress.stop();
  if (!(error instanceof BootstrapFailure)) throw error;
  process.stderr.write(error.report());
  process.exit(1);
}
if (command.length > 0) runAsOurself(command);

/** @param {string[]} args */
function parseArguments(args) {
  const separator = args.indexOf('--');
  const flags = separator === -1 ? args : args.slice(0, separator);
  for (const flag of flags) {
    if (!(flag in optionalSteps)) {
      const known = Object.keys(optionalSteps).join('] [');
      process.stderr.write(`usage: node infra/run.mjs [${known}] [-- COMMAND...], not ${flag}\n`);
      process.exit(2);
    }
  }
  return { needs: new Set(flags), command: separator === -1 ? [] : args.slice(separator + 1) };
}

async function prepare() {
  for (const signal of forwardedSignals) process.on(signal, stopPreparing);
  raiseWhenOrphaned();
  const node = await ensureNode(context);
  prependToPath(context, [path.join(context.root, 'node_modules', '.bin'), path.dirname(node)]);
  await ensurePackages(context);
  for (const [flag, ensure] of Object.entries(optionalSteps)) {
    if (needs.has(flag)) await ensure(context);
  }
  for (const signal of forwardedSignals) process.off(signal, stopPreparing);
}

/** @param {NodeJS.Signals} signal */
function stopPreparing(signal) {
  stopRunningCommands();
  process.stderr.write(`earshot: stopped by ${signal}; the next run goes on from here\n`);
  process.exit(128 + (signal === 'SIGINT' ? 2 : signal === 'SIGHUP' ? 1 : 15));
}

/**
 * npm passes a signal on to the shell that it started us with, and that shell ends without telling us:
 * who stops `npm start` means the server. Our parent's end is then the signal.
 */
function raiseWhenOrphaned() {
  const { ppid } = process;
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, orphanCheckMs);
  timer.unref();
}

/**
 * As if the command had been started in our place.
 * @param {string[]} command
 */
function runAsOurself([program = '', ...args]) {
  const child = spawn(program, args, {
    cwd: context.root,
    env: context.env,
    stdio: 'inherit',
    // npm's command shims are scripts there.
    shell: process.platform === 'win32',
  });
  for (const signal of forwardedSignals) {
    process.on(signal, () => {
      // A terminal has sent Ctrl-C to the command as well; twice would mean "at once" to some.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`earshot: ${program} did not start: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Ended by a signal: so do we, which is what tells a shell.
    for (const name of forwardedSignals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
