/** npm packages as package-lock.json says, without running anything that they bring. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { npmCommand, runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';
import { withLock } from './lock.mjs';

const installTimeoutMs = 900_000;

/** @param {import('./context.mjs').Context} context */
export async function ensurePackages(context) {
  const step = context.progress.step('packages');
  if (isUpToDate(context.root)) {
    step.done('as in package-lock.json');
    return;
  }
  step.update('npm ci');
  // Not in node_modules, which `npm ci` empties.
  const checkout = createHash('sha256').update(context.root).digest('hex').slice(0, 16);
  await withLock(path.join(context.cache, `packages-${checkout}.lock`), {
    onWait: (holder) => step.update(`waiting for ${holder}`),
    work: () => install(context),
  });
  step.done('installed');
}

/** @param {import('./context.mjs').Context} context */
async function install({ root }) {
  if (isUpToDate(root)) return;
  const npm = npmCommand(process.env);
  const { code, output, isTimedOut } = await runCommand({
    command: npm.command,
    args: [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    cwd: root,
    // A production environment would leave out what builds the client.
    env: { ...process.env, NODE_ENV: 'development' },
    timeoutMs: installTimeoutMs,
  });
  if (code !== 0) {
    throw new BootstrapFailure(`npm ci ${isTimedOut ? 'took too long' : 'failed'}.`, {
      output,
      remedy: `cd "${root}" && npm ci --ignore-scripts`,
    });
  }
  writeStamp(root);
}

/** @param {string} root */
function isUpToDate(root) {
  const stamp = fs.existsSync(stampFile(root)) ? fs.readFileSync(stampFile(root), 'utf8') : '';
  if (stamp === stampFor(root)) return true;
  // A developer ran `npm install`: look at what it left before installing everything again.
  const lock = readLock(path.join(root, 'package-lock.json'));
  const hidden = readLock(path.join(root, 'node_modules', '.package-lock.json'));
  if (hidden === undefined || lock === undefined || !isInstalled(lock, hidden)) return false;
  writeStamp(root);
  return true;
}

/** @typedef {Record<string, { version?: string, optional?: boolean, link?: boolean }>} LockedPackages */

/**
 * Whether everything that the lock file names is there in its version; packages for other platforms may
 * be missing.
 * @param {LockedPackages} wanted `packages` of package-lock.json.
 * @param {LockedPackages} present `packages` of node_modules/.package-lock.json, npm's own record.
 */
export function isInstalled(wanted, present) {
  return Object.entries(wanted).every(([location, entry]) => {
    if (!location.includes('node_modules/') || entry.optional === true) return true;
    const found = present[location];
    if (found === undefined) return false;
    return entry.link === true || found.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function readLock(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : undefined;
}

/** @param {string} root */
function stampFor(root) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).digest('hex');
}

/** @param {string} root */
function stampFile(root) {
  return path.join(root, 'node_modules', '.earshot-packages');
}

/** @param {string} root */
function writeStamp(root) {
  fs.writeFileSync(stampFile(root), stampFor(root));
}
