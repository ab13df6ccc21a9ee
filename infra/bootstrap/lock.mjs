/**
 * One bootstrap at a time does a piece of work; the others wait and then find it done.
 *
 * A lock is a file that names its holder and that the holder touches every few seconds. It is stale,
 * and taken over, when its holder on this machine is gone, or when nobody touched it for half a
 * minute (a holder on another machine or in another container, whose process id says nothing here).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

const touchIntervalMs = 5_000;
const staleAfterMs = 30_000;
const retryMs = 200;

/** Lock files held now; removed if the process ends early. @type {Set<string>} */
const held = new Set();
process.on('exit', () => {
  for (const file of held) fs.rmSync(file, { force: true });
});

/**
 * Runs `work` while holding the lock.
 * @template T
 * @param {string} file
 * @param {{ work: () => Promise<T>, onWait: (holder: string) => void }} options
 *   `onWait`: another process holds the lock; called once, with words for people.
 * @returns {Promise<T>}
 */
export async function withLock(file, { work, onWait }) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let hasWaited = false;
  while (!tryAcquire(file)) {
    if (isStale(file)) {
      takeOver(file);
      continue;
    }
    if (!hasWaited) onWait(describeHolder(file));
    hasWaited = true;
    await delay(retryMs);
  }
  held.add(file);
  const timer = setInterval(() => touch(file), touchIntervalMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    held.delete(file);
    fs.rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryAcquire(file) {
  try {
    fs.writeFileSync(file, `${process.pid} ${os.hostname()}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isFileError(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Removes a stale lock. Of several waiters only the one that creates the second file does it, and
 * only after looking again: what it removes cannot be a lock that another waiter has taken since.
 * @param {string} file
 */
function takeOver(file) {
  const guard = `${file}.takeover`;
  try {
    fs.writeFileSync(guard, '', { flag: 'wx' });
  } catch {
    // Left behind by a process that was killed in the few instructions below.
    if (ageMs(guard) > staleAfterMs) fs.rmSync(guard, { force: true });
    return;
  }
  if (isStale(file)) fs.rmSync(file, { force: true });
  fs.rmSync(guard, { force: true });
}

/** @param {string} file */
function isStale(file) {
  const holder = readHolder(file);
  if (holder === undefined) return false;
  if (ageMs(file) > staleAfterMs) return true;
  return holder.host === os.hostname() && !isAlive(holder.pid);
}

/**
 * @param {string} file
 * @returns {{ pid: number, host: string } | undefined} Undefined while it is being written, or gone.
 */
function readHolder(file) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const match = /^(\d+) (\S*)\n$/.exec(text);
  if (match !== null) return { pid: Number(match[1]), host: match[2] ?? '' };
  return ageMs(file) > staleAfterMs ? { pid: 0, host: '' } : undefined;
}

/** @param {string} file */
function describeHolder(file) {
  const holder = readHolder(file);
  return holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return !isFileError(error, 'ESRCH');
  }
}

/** @param {string} file */
function ageMs(file) {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  try {
    fs.utimesSync(file, now, now);
  } catch {
    // Removed by hand; the work in progress goes on.
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isFileError(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
