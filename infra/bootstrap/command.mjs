/** Runs the programs that the bootstrap needs: bounded in time, output kept, nothing left behind. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** What explains a failure stands where the output begins (npm) or where it ends (compilers). */
const keptFirstLines = 12;
const keptLastLines = 20;
/** From the request to stop until the end by force. */
const graceMs = 5_000;

const isWindows = process.platform === 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @typedef {object} CommandResult
 * @property {number | null} code Exit code; null when it did not start, was killed or took too long.
 * @property {string} output Its first and last lines, standard output and error together.
 * @property {boolean} isTimedOut
 */

/**
 * Never rejects: a program that cannot be started has no exit code.
 * @param {{
 *   command: string,
 *   args: readonly string[],
 *   timeoutMs: number,
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   onLine?: (line: string) => void,
 * }} options
 * @returns {Promise<CommandResult>}
 */
export function runCommand({ command, args, timeoutMs, cwd, env, onLine }) {
  return new Promise((resolve) => {
    /** @type {string[]} */
    const first = [];
    /** @type {string[]} */
    const last = [];
    let isTimedOut = false;
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that stopping it also stops what it started (ninja its compilers).
      detached: !isWindows,
      shell: command.endsWith('.cmd'),
    });
    running.add(child);
    const timer = setTimeout(() => {
      isTimedOut = true;
      stopChild(child);
    }, timeoutMs);

    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (first.length < keptFirstLines) first.push(line);
        else last.push(line);
        if (last.length > keptLastLines) last.shift();
        onLine?.(line);
      });
    }
    /** @param {number | null} code */
    const end = (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({
        code: isTimedOut ? null : code,
        output: [...first, ...last].join('\n'),
        isTimedOut,
      });
    };
    child.on('error', (error) => {
      last.push(error.message);
      end(null);
    });
    child.on('close', end);
  });
}

/** Stops every program that still runs; for signals that end the bootstrap itself. */
export function stopRunningCommands() {
  for (const child of running) stopChild(child);
}

/** @param {import('node:child_process').ChildProcess} child */
function stopChild(child) {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => {
    if (running.has(child)) signalGroup(child, 'SIGKILL');
  }, graceMs).unref();
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/**
 * The npm that runs us, else the one on the PATH. npm names itself in `npm_execpath`; another package
 * manager would name its own program there.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, args: string[] }}
 */
export function npmCommand(env) {
  const cli = env['npm_execpath'];
  if (cli !== undefined && path.basename(cli) === 'npm-cli.js') {
    return { command: process.execPath, args: [cli] };
  }
  return { command: isWindows ? 'npm.cmd' : 'npm', args: [] };
}
