/** The client as the server serves it: built with Vite when what goes into it has changed. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hashFiles } from './cache.mjs';
import { manifestName, writeClientManifest } from './client-manifest.mjs';
import { runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';
import { withLock } from './lock.mjs';

const buildTimeoutMs = 300_000;

/** Everything that can change the bundle. */
const sources = ['client', 'keying', 'protocol', 'package-lock.json', 'tsconfig.base.json'];

/** @param {import('./context.mjs').Context} context */
export async function ensureClient(context) {
  const step = context.progress.step('client');
  if (isUpToDate(context.root)) {
    step.done('built from these sources');
    return;
  }
  step.update('vite build');
  await withLock(path.join(stateFolder(context.root), 'client.lock'), {
    onWait: (holder) => step.update(`waiting for ${holder}`),
    work: () => build(context),
  });
  step.done('built');
}

/** @param {import('./context.mjs').Context} context */
async function build({ root, env }) {
  if (isUpToDate(root)) return;
  // Taken before the build: a source saved during it makes the next one build again.
  const hash = sourceHash(root);
  const folder = path.join(root, 'client');
  const vite = createRequire(path.join(folder, 'package.json')).resolve('vite/package.json');
  // Built aside and put in place whole: a server that runs serves the old client until then.
  const built = path.join(stateFolder(root), 'client-dist');
  const { code, output } = await runCommand({
    command: 'node',
    args: [
      path.join(path.dirname(vite), 'bin', 'vite.js'),
      ...['build', '--outDir', built, '--emptyOutDir'],
    ],
    cwd: folder,
    env,
    timeoutMs: buildTimeoutMs,
  });
  if (code !== 0) {
    throw new BootstrapFailure('building the client failed.', {
      output,
      remedy: `mend what the lines above name, then: npm run build`,
    });
  }
  writeClientManifest(built);
  const served = path.join(folder, 'dist');
  const previous = `${built}-previous`;
  fs.rmSync(previous, { recursive: true, force: true });
  if (fs.existsSync(served)) fs.renameSync(served, previous);
  fs.renameSync(built, served);
  fs.rmSync(previous, { recursive: true, force: true });
  fs.writeFileSync(stampFile(root), hash);
}

/** @param {string} root */
function isUpToDate(root) {
  for (const name of ['index.html', manifestName]) {
    if (!fs.existsSync(path.join(root, 'client', 'dist', name))) return false;
  }
  if (!fs.existsSync(stampFile(root))) return false;
  return fs.readFileSync(stampFile(root), 'utf8') === sourceHash(root);
}

/** @param {string} root */
function sourceHash(root) {
  return hashFiles(root, sources, (file) => !/\.test\.tsx?$|\.md$/.test(file));
}

/**
 * Beside what was built, not in it: `client/dist` is served to everybody.
 * @param {string} root
 */
function stampFile(root) {
  return path.join(stateFolder(root), 'client.sha256');
}

/** @param {string} root */
function stateFolder(root) {
  return path.join(root, 'node_modules', '.cache', 'earshot');
}
