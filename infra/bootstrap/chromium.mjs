/**
 * A Chromium for the browser tests. In this order: EARSHOT_CHROMIUM; one that is installed;
 * Playwright's (cached, else its own download); the distribution's.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureAptPackages } from './apt.mjs';
import { runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';
import { withLock } from './lock.mjs';

const downloadTimeoutMs = 300_000;
const startTimeoutMs = 20_000;

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @typedef {import('./context.mjs').Context} Context */

/**
 * Sets EARSHOT_CHROMIUM for the command.
 * @param {Context} context
 */
export async function ensureChromium(context) {
  const step = context.progress.step('chromium');
  const given = context.env['EARSHOT_CHROMIUM'];
  if (given !== undefined && given !== '') {
    if (!(await isWorking(given))) throw notWorking(given);
    step.done(`EARSHOT_CHROMIUM, ${given}`);
    return;
  }
  const found =
    (await firstWorking(installed(context.env))) ??
    (await firstWorking([await playwrightProgram(context)]));
  if (found !== undefined) {
    context.env['EARSHOT_CHROMIUM'] = found;
    step.done(found);
    return;
  }
  step.update("none found; downloading Playwright's");
  const obtained = await withLock(path.join(context.cache, 'chromium.lock'), {
    onWait: (holder) => step.update(`waiting for ${holder}`),
    work: async () => (await playwrightDownload(context)) ?? (await distribution(context, step)),
  });
  context.env['EARSHOT_CHROMIUM'] = obtained;
  step.done(`${obtained}, installed`);
}

/**
 * Where an installed browser would be, on the PATH first.
 * @param {NodeJS.ProcessEnv} env
 */
function installed(env) {
  const onPath = (env['PATH'] ?? env['Path'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => programs.map((name) => path.join(folder, name)));
  if (process.platform === 'darwin') {
    return [
      ...onPath,
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ];
  }
  if (process.platform === 'win32') {
    return [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']]
      .flatMap((base) => (base === undefined ? [] : [base]))
      .map((base) => path.join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'));
  }
  return onPath;
}

/**
 * The browser that this version of Playwright would start, downloaded or not.
 * @param {Context} context
 */
async function playwrightProgram({ root, env }) {
  const script = "process.stdout.write(require('playwright-core').chromium.executablePath())";
  const { output } = await runCommand({
    command: 'node',
    args: ['-e', script],
    cwd: root,
    env,
    timeoutMs: startTimeoutMs,
  });
  return output.trim();
}

/**
 * @param {Context} context
 * @returns {Promise<string | undefined>} Undefined where the download, or what it brought, does not work.
 */
async function playwrightDownload(context) {
  const { root, env } = context;
  await runCommand({
    command: 'node',
    args: [
      path.join(root, 'node_modules/playwright-core/cli.js'),
      'install',
      '--no-shell',
      'chromium',
    ],
    env,
    timeoutMs: downloadTimeoutMs,
  });
  return firstWorking([await playwrightProgram(context)]);
}

/**
 * @param {Context} context
 * @param {import('./progress.mjs').Step} step
 */
async function distribution({ env }, step) {
  if (process.platform !== 'linux') throw noBrowser();
  await ensureAptPackages({
    names: ['chromium'],
    purpose: 'To test with a real browser',
    onProgress: (text) => step.update(text),
  });
  const found = await firstWorking(installed(env));
  if (found === undefined) throw noBrowser();
  return found;
}

/** @param {readonly string[]} candidates */
async function firstWorking(candidates) {
  for (const candidate of candidates) {
    if (await isWorking(candidate)) return candidate;
  }
  return undefined;
}

/** @param {string} file */
async function isWorking(file) {
  if (!fs.existsSync(file)) return false;
  // Chrome on Windows opens a window instead of printing its version.
  if (process.platform === 'win32') return true;
  const { code } = await runCommand({
    command: file,
    args: ['--version'],
    timeoutMs: startTimeoutMs,
  });
  return code === 0;
}

/** @param {string} file */
function notWorking(file) {
  return new BootstrapFailure(`EARSHOT_CHROMIUM names ${file}, which does not start.`, {
    remedy: 'unset EARSHOT_CHROMIUM, or set it to the path of a Chromium that starts',
  });
}

function noBrowser() {
  return new BootstrapFailure('no Chromium found, and none could be installed.', {
    remedy: 'install Chromium or Chrome, or set EARSHOT_CHROMIUM to the path of one',
  });
}
