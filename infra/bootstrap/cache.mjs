/** Where things live that outlast a checkout: Node, the mediasoup worker, locks. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string }} system
 * @returns {string}
 */
export function cacheDirectory({ platform, env, home }) {
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && xdg !== '') return path.join(xdg, 'earshot');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'earshot');
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'earshot');
  }
  return path.join(home, '.cache', 'earshot');
}

/** This machine's. */
export function ownCacheDirectory() {
  return cacheDirectory({ platform: process.platform, env: process.env, home: os.homedir() });
}

/**
 * SHA-256 over the names and contents of every file below the given paths, as hexadecimal.
 * @param {string} root What names are relative to, so that a moved checkout keeps its hash.
 * @param {readonly string[]} paths Files or folders, relative to `root`; missing ones count as empty.
 * @param {(relativePath: string) => boolean} isWanted
 * @returns {string}
 */
export function hashFiles(root, paths, isWanted) {
  const hash = createHash('sha256');
  for (const relativePath of paths.flatMap((start) => listFiles(root, start)).sort()) {
    if (!isWanted(relativePath)) continue;
    const content = fs.readFileSync(path.join(root, relativePath));
    hash.update(`${relativePath}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} relativePath
 * @returns {string[]} With `/` on every platform.
 */
function listFiles(root, relativePath) {
  const stats = fs.statSync(path.join(root, relativePath), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [relativePath];
  return fs
    .readdirSync(path.join(root, relativePath))
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .flatMap((name) => listFiles(root, `${relativePath}/${name}`));
}
