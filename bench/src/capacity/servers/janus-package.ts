/** Where Janus is, and getting it where it is not. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

export type Availability =
  | { readonly isThere: true; readonly version: string }
  | { readonly isThere: false; readonly reason: string };

/** Debian: what installing a package asks before it starts a service. 101 is "no". */
const policyFile = '/usr/sbin/policy-rc.d';
const installTimeoutMs = 180_000;

/** Installs the Debian package where it is absent and that is possible. */
export function ensureJanus(): Availability {
  if (process.platform !== 'linux') return absent('the Debian package needs Linux');
  if (janusAddress() === undefined) {
    return absent('Janus gathers no candidates on loopback, and there is no other interface');
  }
  if (versionOf() === undefined) {
    if (process.getuid?.() !== 0) return absent('not installed: apt-get install janus');
    if (spawnSync('apt-get', ['--version']).status !== 0)
      return absent('not installed, no apt-get');
    install();
  }
  const version = versionOf();
  return version === undefined
    ? absent('apt-get install janus did not bring it')
    : { isThere: true, version };
}

/** Folder of its plugins and transports. */
export function janusFolder(): string {
  const libraries = '/usr/lib';
  const folder = ['.', ...readdirSync(libraries)]
    .map((name) => path.join(libraries, name, 'janus'))
    .find((candidate) => existsSync(path.join(candidate, 'plugins/libjanus_videoroom.so')));
  if (folder === undefined) throw new Error('Janus has no VideoRoom plugin');
  return folder;
}

/** An IPv4 address of this machine that is not loopback. Packets to it stay inside all the same. */
export function janusAddress(): string | undefined {
  return Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

function versionOf(): string | undefined {
  // It states its version above its help, whatever it is asked.
  const { stdout, error } = spawnSync('janus', ['--help'], { encoding: 'utf8' });
  return error === undefined ? /^Janus version: .*\((\S+)\)/m.exec(stdout)?.[1] : undefined;
}

/** Without starting the service that comes with it. */
function install(): void {
  const isOurPolicy = !existsSync(policyFile);
  if (isOurPolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: 'ignore',
    timeout: installTimeoutMs,
  } as const;
  try {
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'janus'], options);
  } catch {
    // What became of it is seen by whether it runs.
  } finally {
    if (isOurPolicy) rmSync(policyFile);
  }
}

function absent(reason: string): Availability {
  return { isThere: false, reason };
}
