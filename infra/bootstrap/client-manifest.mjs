/**
 * `client-manifest.json`: the SHA-256 of every file of a built client. Published with a release, it lets others
 * than the server say whether what a browser was given is what was built.
 *
 *     { "version": 1, "files": { "assets/index-Dx1.js": "9f86d0…", "index.html": "…" } }
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const manifestName = 'client-manifest.json';

/**
 * Writes it into the folder. Paths with slashes, in alphabetical order: the same client has the same manifest.
 * @param {string} folder of the built client
 */
export function writeClientManifest(folder) {
  /** @type {Record<string, string>} */
  const files = {};
  for (const name of filesIn(folder).sort()) {
    if (name === manifestName) continue;
    files[name] = createHash('sha256')
      .update(fs.readFileSync(path.join(folder, name)))
      .digest('hex');
  }
  const text = `${JSON.stringify({ version: 1, files }, null, 2)}\n`;
  fs.writeFileSync(path.join(folder, manifestName), text);
}

/**
 * @param {string} root
 * @param {string} [below]
 * @returns {string[]}
 */
function filesIn(root, below = '') {
  return fs
    .readdirSync(path.join(root, below), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesIn(root, path.posix.join(below, entry.name))
        : [path.posix.join(below, entry.name)],
    );
}
