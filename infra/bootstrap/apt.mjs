/** Debian and Ubuntu packages: installed when we are root, named with the exact command when not. */
import process from 'node:process';
import { runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';

const queryTimeoutMs = 10_000;
const updateTimeoutMs = 300_000;
const installTimeoutMs = 900_000;
/** Another apt may be at work (unattended upgrades): wait for it instead of failing. */
const aptOptions = ['-o', 'DPkg::Lock::Timeout=120', '-q', '-y'];

/**
 * @param {{
 *   names: readonly string[],
 *   purpose: string,
 *   onProgress: (text: string) => void,
 * }} options `purpose` begins the message: "To build ...".
 * @throws {BootstrapFailure} where apt cannot do it.
 */
export async function ensureAptPackages({ names, purpose, onProgress }) {
  const missing = await missingAptPackages(names);
  if (missing === undefined) {
    throw new BootstrapFailure(
      `${purpose}, these Debian packages (or what this system calls them) must be there, and there is no apt to look for them.`,
      { remedy: `install ${names.join(' ')}` },
    );
  }
  if (missing.length === 0) return;
  const remedy = `sudo apt-get update && sudo apt-get install -y ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) {
    throw new BootstrapFailure(
      `${purpose}, these packages must be installed: ${missing.join(' ')}.`,
      { remedy },
    );
  }
  onProgress('apt-get update');
  await runCommand({
    command: 'apt-get',
    args: [...aptOptions, 'update'],
    timeoutMs: updateTimeoutMs,
  });
  onProgress(`apt-get install ${missing.join(' ')}`);
  const { code, output } = await runCommand({
    command: 'apt-get',
    args: [...aptOptions, 'install', '--no-install-recommends', ...missing],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: installTimeoutMs,
  });
  if (code !== 0) {
    throw new BootstrapFailure(`apt-get could not install ${missing.join(' ')}.`, {
      output,
      remedy,
    });
  }
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<string[] | undefined>} Undefined where there is no dpkg.
 */
async function missingAptPackages(names) {
  /** @type {Set<string>} */
  const installed = new Set();
  const { code } = await runCommand({
    command: 'dpkg-query',
    args: ['-W', '-f=${Package} ${db:Status-Status}\\n', ...names],
    timeoutMs: queryTimeoutMs,
    onLine: (line) => {
      const [name, status] = line.split(' ');
      if (name !== undefined && status === 'installed') installed.add(name);
    },
  });
  // dpkg-query exits with 1 when it does not know one of the names.
  if (code !== 0 && code !== 1) return undefined;
  return names.filter((name) => !installed.has(name));
}
