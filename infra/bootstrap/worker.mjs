/**
 * The mediasoup worker, a program that the npm package does not carry. In this order:
 * MEDIASOUP_WORKER_BIN; a cached one; mediasoup's prebuilt download; a build from the sources in the
 * package against the distribution's libraries (infra/mediasoup-worker).
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureAptPackages } from './apt.mjs';
import { hashFiles } from './cache.mjs';
import { runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';
import { withLock } from './lock.mjs';

const downloadTimeoutMs = 60_000;
const buildTimeoutMs = 1_800_000;
/** How a worker that can run here ends when it is started without MEDIASOUP_VERSION (its main.cpp). */
const worksExitCode = 41;

const recipe = 'infra/mediasoup-worker';
const program = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';

/** What the build needs, by Debian's names (12 and later; Ubuntu has the same). */
const buildPackages = [
  'g++',
  'meson',
  'ninja-build',
  'pkg-config',
  'cmake',
  'flatbuffers-compiler',
  'libflatbuffers-dev',
  'libsrtp2-dev',
  'libuv1-dev',
  'libssl-dev',
  'libabsl-dev',
];

/** @typedef {import('./context.mjs').Context} Context */
/** @typedef {import('./progress.mjs').Step} Step */

/**
 * Sets MEDIASOUP_WORKER_BIN for the command.
 * @param {Context} context
 */
export async function ensureWorker(context) {
  const step = context.progress.step('worker');
  const given = context.env['MEDIASOUP_WORKER_BIN'];
  if (given !== undefined && given !== '') {
    if (!(await isWorking(given))) throw notWorking(given);
    step.done(`MEDIASOUP_WORKER_BIN, ${given}`);
    return;
  }
  const { version, binary } = locate(context);
  context.env['MEDIASOUP_WORKER_BIN'] = binary;
  if (await isWorking(binary)) {
    step.done(`mediasoup-worker ${version}, cached`);
    return;
  }
  step.update(`mediasoup-worker ${version} is not here yet`);
  const how = await withLock(`${binary}.lock`, {
    onWait: (holder) => step.update(`waiting for ${holder}`),
    work: () => obtain({ context, step, version, binary }),
  });
  step.done(`mediasoup-worker ${version}, ${how}`);
}

/** @param {Context} context */
function locate({ root, cache }) {
  const packageFile = path.join(root, 'node_modules', 'mediasoup', 'package.json');
  /** @type {{ version: string }} */
  const { version } = JSON.parse(fs.readFileSync(packageFile, 'utf8'));
  const recipeHash = hashFiles(root, [recipe], (file) => !file.endsWith('.md')).slice(0, 12);
  const key = `${version}-${recipeHash}-${process.platform}-${process.arch}`;
  return { version, binary: path.join(cache, 'mediasoup-worker', key, program) };
}

/**
 * @param {{ context: Context, step: Step, version: string, binary: string }} options
 * @returns {Promise<string>} How it was obtained.
 */
async function obtain({ context, step, version, binary }) {
  // Whoever held the lock before us may have been after the same.
  if (await isWorking(binary)) return 'cached meanwhile';
  const folder = path.dirname(binary);
  fs.mkdirSync(folder, { recursive: true });
  // Made here and moved into place whole: an interrupted build leaves nothing that could be used.
  const partial = path.join(folder, 'partial');
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial);

  const downloaded = await download(context, step);
  if (downloaded !== undefined) {
    fs.copyFileSync(downloaded, path.join(partial, program));
    fs.rmSync(downloaded);
  } else {
    await build({ context, step, partial });
  }
  const made = path.join(partial, program);
  if (!(await isWorking(made))) throw notWorking(made);
  fs.renameSync(made, binary);
  fs.rmSync(partial, { recursive: true, force: true });
  return downloaded === undefined ? `built for this system (${version})` : 'downloaded';
}

/**
 * mediasoup's own install step, held to its download: what it would do next, a build that fetches its
 * sources from several hosts, finds no Python to begin with.
 * @param {Context} context
 * @param {Step} step
 * @returns {Promise<string | undefined>} The downloaded program, which that step has run once.
 */
async function download({ root, env }, step) {
  if (env['MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD'] !== undefined) return undefined;
  step.update("mediasoup's prebuilt worker: downloading");
  const folder = path.join(root, 'node_modules', 'mediasoup');
  const downloaded = path.join(folder, 'worker', 'out', 'Release', program);
  fs.rmSync(downloaded, { force: true });
  await runCommand({
    command: 'node',
    args: ['npm-scripts.mjs', 'postinstall'],
    cwd: folder,
    env: { ...env, MEDIASOUP_WORKER_BIN: '', PYTHON: 'no-build-from-here' },
    timeoutMs: downloadTimeoutMs,
  });
  return (await isWorking(downloaded)) ? downloaded : undefined;
}

/** @param {{ context: Context, step: Step, partial: string }} options */
async function build({ context, step, partial }) {
  const { root, env } = context;
  if (process.platform !== 'linux') throw cannotBuild();
  step.update('no prebuilt worker; looking for what a build needs');
  await ensureAptPackages({
    names: buildPackages,
    purpose: 'To build the mediasoup worker',
    onProgress: (text) => step.update(text),
  });
  step.update('building mediasoup-worker: 0 %');
  const script = path.join(root, recipe, 'build.sh');
  const args = [path.join(root, 'node_modules', 'mediasoup'), path.join(partial, program)];
  const { code, output, isTimedOut } = await runCommand({
    command: script,
    args,
    // The build's own temporary folder is then inside `partial`, and goes with it.
    env: { ...env, TMPDIR: partial },
    timeoutMs: buildTimeoutMs,
    onLine: (line) => {
      const percent = buildPercent(line);
      if (percent !== undefined) step.update(`building mediasoup-worker: ${percent} %`);
    },
  });
  if (code !== 0) {
    throw new BootstrapFailure(
      `building the mediasoup worker ${isTimedOut ? 'took too long' : 'failed'}.`,
      { output, remedy: ['sh', script, args[0], '/usr/local/bin/mediasoup-worker'].join(' ') },
    );
  }
}

/**
 * @param {string} line A line of ninja's, `[12/240] Compiling ...`.
 * @returns {number | undefined} 0 to 100.
 */
export function buildPercent(line) {
  const match = /^\[(\d+)\/(\d+)\]/.exec(line);
  return match === null ? undefined : Math.floor((100 * Number(match[1])) / Number(match[2]));
}

/** @param {string} file */
async function isWorking(file) {
  if (!fs.existsSync(file)) return false;
  const { code } = await runCommand({ command: file, args: [], env: {}, timeoutMs: 10_000 });
  return code === worksExitCode;
}

/** @param {string} file */
function notWorking(file) {
  return new BootstrapFailure(`${file} is no mediasoup worker that runs on this system.`, {
    remedy: 'unset MEDIASOUP_WORKER_BIN, or set it to the path of one that does',
  });
}

function cannotBuild() {
  return new BootstrapFailure(
    `mediasoup's prebuilt worker could not be downloaded, and ${process.platform} has no build recipe here.`,
    {
      remedy:
        'run the command again with access to github.com, or set MEDIASOUP_WORKER_BIN to a mediasoup-worker',
    },
  );
}
