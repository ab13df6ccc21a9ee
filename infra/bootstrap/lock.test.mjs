import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

/** Longer than a holder may be silent. */
const longAgo = new Date(Date.now() - 3_600_000);

/** @type {string} */
let folder;
/** @type {string} */
let file;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'earshot-lock-'));
  file = path.join(folder, 'work.lock');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const noWait = () => {
  throw new Error('had to wait');
};

describe('withLock', () => {
  test('holds the lock during the work and leaves nothing', async () => {
    const result = await withLock(file, {
      onWait: noWait,
      work: async () => fs.readFileSync(file, 'utf8'),
    });
    expect(result).toBe(`${process.pid} ${os.hostname()}\n`);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('frees the lock when the work fails', async () => {
    const work = () => Promise.reject(new Error('no'));
    await expect(withLock(file, { onWait: noWait, work })).rejects.toThrow('no');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('lets one at a time work, across processes', async () => {
    // Each process notes when it enters and leaves; with the lock the notes never interleave.
    const script = `
      import fs from 'node:fs';
      import { withLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)};
      await withLock(${JSON.stringify(file)}, { onWait() {}, work: async () => {
        fs.appendFileSync(${JSON.stringify(`${file}.notes`)}, 'in ' + process.pid + '\\n');
        await new Promise((resolve) => setTimeout(resolve, 50));
        fs.appendFileSync(${JSON.stringify(`${file}.notes`)}, 'out ' + process.pid + '\\n');
      } });`;
    const workers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
    );
    await Promise.all(
      workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve))),
    );
    const notes = fs.readFileSync(`${file}.notes`, 'utf8').trim().split('\n');
    expect(notes).toHaveLength(8);
    for (let i = 0; i < notes.length; i += 2) {
      expect(notes[i + 1]).toBe(notes[i]?.replace('in', 'out'));
    }
  });

  test('takes over from a process that was killed', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('exit', resolve));
    fs.writeFileSync(file, `${dead.pid} ${os.hostname()}\n`);
    expect(await withLock(file, { onWait: noWait, work: async () => 'done' })).toBe('done');
  });

  test('takes over from a holder elsewhere that has gone silent', async () => {
    fs.writeFileSync(file, `${process.pid} another-machine\n`);
    fs.utimesSync(file, longAgo, longAgo);
    expect(await withLock(file, { onWait: noWait, work: async () => 'done' })).toBe('done');
  });

  test('waits for a holder elsewhere that is at work, whatever its process id', async () => {
    fs.writeFileSync(file, '999999999 another-machine\n');
    /** @type {string[]} */
    const waitedFor = [];
    const result = await withLock(file, {
      onWait: (holder) => {
        waitedFor.push(holder);
        fs.rmSync(file);
      },
      work: async () => 'done',
    });
    expect(result).toBe('done');
    expect(waitedFor).toEqual(['process 999999999 on another-machine']);
  });

  test('is not kept for ever by a takeover that was interrupted', async () => {
    fs.writeFileSync(file, `${process.pid} another-machine\n`);
    fs.writeFileSync(`${file}.takeover`, '');
    for (const name of [file, `${file}.takeover`]) fs.utimesSync(name, longAgo, longAgo);
    expect(await withLock(file, { onWait: noWait, work: async () => 'done' })).toBe('done');
  });
});
