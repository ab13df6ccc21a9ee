import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { memoriesOf } from './seized-memory.ts';

const holders: ChildProcess[] = [];
afterEach(async () => {
  for (const holder of holders.splice(0)) {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
});

/**
 * A process that holds copies and starts one that holds others: the key comes to both in two halves that are combined by
 * XOR in the places where it is to stand, so that it is nowhere else.
 */
const script = `
  const [one, two, copies, rest] = JSON.parse(process.argv[1]);
  const { spawn } = require('node:child_process');
  globalThis.kept = Array.from({ length: copies }, () => {
    const place = Buffer.alloc(64);
    for (let i = 0; i < one.length; i++) place[i] = one[i] ^ two[i];
    return place;
  });
  if (rest !== undefined) {
    const command = JSON.stringify([one, two, rest]);
    spawn(process.execPath, ['-e', process.argv[2], command, ''], { stdio: ['pipe', 'inherit', 'inherit'] });
  } else process.stdout.write('ready');
  process.stdin.resume();
`;

async function startHolding(
  key: Uint8Array,
  { signaling, media }: { readonly signaling: number; readonly media: number },
): Promise<ChildProcess> {
  const one = randomBytes(key.length);
  const two = key.map((byte, i) => byte ^ (one[i] ?? 0));
  const copies = JSON.stringify([[...one], [...two], signaling, media]);
  const holder = spawn(process.execPath, ['-e', script, copies, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(holder);
  await once(holder.stdout, 'data');
  return holder;
}

/** All different: as mixed as a search for keys could ask, which one random key in 2,000 is not. */
function mixedBytes(length: number): Buffer {
  const values = new Set<number>();
  while (values.size < length) values.add(randomInt(256));
  return Buffer.from([...values]);
}

describe.runIf(existsSync('/proc/self/mem'))('memoriesOf', () => {
  // Drawn: what stands in this source would be in the memory of who runs it.
  const [key, other, decoy] = [mixedBytes(32), randomBytes(32), randomBytes(32)];

  it.each([
    { signaling: 3, media: 1 },
    { signaling: 0, media: 2 },
  ])('counts in each process what it holds: %o', async ({ signaling, media }) => {
    const server = await startHolding(key, { signaling, media });
    const memories = await memoriesOf(server, { wanted: [other, key], decoys: [decoy] });
    expect(
      memories.map(({ processName, ofKeys, ofDecoys }) => [processName, ofKeys, ofDecoys]),
    ).toEqual([
      ['signaling', [0, signaling], [0]],
      ['media server', [0, media], [0]],
    ]);
    expect(memories.every(({ megabytes }) => megabytes > 0)).toBe(true);
  });

  it('finds a key that nobody knows among what could be one, in the media server only', async () => {
    const server = await startHolding(key, { signaling: 1, media: 1 });
    const [signaling, media] = await memoriesOf(server, { wanted: [], decoys: [] });
    const windows = media?.windows.map((window) => Buffer.from(window).toString('hex'));
    expect(windows).toContain(key.toString('hex'));
    expect(windows).not.toContain(decoy.toString('hex'));
    expect(signaling?.windows).toEqual([]);
  });

  it('says so where there is no media server to look into', async () => {
    const alone = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    holders.push(alone);
    await once(alone, 'spawn');
    await expect(memoriesOf(alone, { wanted: [], decoys: [] })).rejects.toMatchObject({
      name: 'LabError',
      code: 'unavailable',
    });
  });
});
