import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { expect, it } from 'vitest';
import { heapSnapshotOf, inspectorEnv } from './heap-snapshot.ts';

/** In two, so that the whole stands in no source; as long as a relayed message, and longer than V8 shows by itself. */
const script = `
  globalThis.kept = JSON.stringify({ filler: 'f'.repeat(3000), line: ['kept by', 'the server'].join(' ') });
  process.stdout.write('ready');
  process.stdin.resume();
`;
const kept = ['kept by', 'the server'].join(' ');

it('holds the strings of another process, whole', async () => {
  const child = spawn(process.execPath, ['-e', script], {
    stdio: 'pipe',
    env: { ...process.env, ...inspectorEnv },
  });
  try {
    let output = '';
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    await once(child.stdout, 'data');
    const { strings, bytes } = await heapSnapshotOf({ pid: child.pid ?? 0, output: () => output });
    expect(strings.filter((one) => one.startsWith('{"filler"') && one.includes(kept))).toHaveLength(
      1,
    );
    expect(strings.some((one) => one.includes(`${kept} and more`))).toBe(false);
    expect(bytes).toBeGreaterThan(100_000);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
