import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ownCacheDirectory } from './cache.mjs';
import { createProgress } from './progress.mjs';

/**
 * What every step of the bootstrap is given.
 * @typedef {object} Context
 * @property {string} root The checkout.
 * @property {string} cache This user's cache folder of ours, outside every checkout.
 * @property {NodeJS.ProcessEnv} env The environment for what the steps run and for the command after them.
 * @property {import('./progress.mjs').Progress} progress
 */

/** Set for the command: a bootstrap inside it has nothing new to say about what is in place. */
const nestedVariable = 'EARSHOT_BOOTSTRAPPED';

/** @returns {Context} */
export function createContext() {
  const isNested = process.env[nestedVariable] !== undefined;
  return {
    root: path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))),
    cache: ownCacheDirectory(),
    env: { ...process.env, [nestedVariable]: '1' },
    progress: createProgress({ stream: process.stderr, isNested }),
  };
}

/**
 * Puts folders first on the PATH for everything that runs from now on.
 * @param {Context} context
 * @param {readonly string[]} folders
 */
export function prependToPath({ env }, folders) {
  // Windows calls it `Path`, and two spellings in one environment would be two variables.
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[name] = [...folders, env[name] ?? ''].join(path.delimiter);
}
