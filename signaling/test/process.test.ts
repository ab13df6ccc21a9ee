/** The program as `npm start` runs it: what it prints, how it stops, how it fails. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { Client, eventually, placeCall } from './wire.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      NODE_ENV: '',
      PORT: '0',
      METRICS_PORT: '0',
      EARSHOT_WORKERS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => code);
  const ready = () =>
    eventually(
      () => /^earshot ready on (http:\/\/localhost:\d+)\n$/m.exec(printed.out)?.[1],
      'ready line',
    );
  return { child, printed, ended, ready };
}

describe('start', () => {
  test('prints where it is ready as its last line, with a media worker at work', async () => {
    const program = start({ EARSHOT_WORKERS: '1', EARSHOT_MEDIA_PORT: '0', EARSHOT_LAB: '1' });
    const url = await program.ready();
    const [operator, last, ...rest] = program.printed.out.trimEnd().split('\n');
    expect(operator).toMatch(/^metrics and lab record on http:\/\/localhost:\d+$/);
    expect(last).toBe(`earshot ready on ${url}`);
    expect(rest).toEqual([]);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const welcome = new Client(url);
    const isLab = new Promise((resolve) => {
      welcome.socket.on('welcome', (value: unknown) => resolve(value));
    });
    expect(await isLab).toEqual({ protocol: [1], isLab: true });
    welcome.close();
    await placeCall(url);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  test('says which settings are wrong, all of them, without their values', async () => {
    const program = start({ PORT: 'ninety', EARSHOT_ORIGINS: 'nowhere', EARSHOT_LAB: 'yes' });
    expect(await program.ended).toBe(1);
    const [first, ...lines] = program.printed.err.trimEnd().split('\n');
    expect(first).toBe('earshot cannot start: settings refused:');
    expect(lines.map((line) => line.trim().split(/[:.]/)[0]).sort()).toEqual([
      'EARSHOT_LAB',
      'EARSHOT_ORIGINS',
      'PORT',
    ]);
    expect(program.printed.err).not.toMatch(/ninety|nowhere/);
  });

  test('says that the port is taken, in one line', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const program = start({ PORT: String(port) });
    expect(await program.ended).toBe(1);
    expect(program.printed.err).toMatch(/^earshot cannot start: the port is taken .*\n$/);
    expect(program.printed.out).toBe('');
    taken.close();
  });

  test('says that there is no media worker, in one line', async () => {
    const program = start({
      EARSHOT_WORKERS: '1',
      EARSHOT_MEDIA_PORT: '0',
      MEDIASOUP_WORKER_BIN: '/nowhere/mediasoup-worker',
    });
    expect(await program.ended).toBe(1);
    expect(program.printed.err).toMatch(/^earshot cannot start: .*worker.*\n$/);
    expect(program.printed.out).toBe('');
  });
});

describe('stop', () => {
  test('waits for the call in hand, then ends with 0', async () => {
    const program = start({ EARSHOT_DRAIN_MS: '60000' });
    const { members } = await placeCall(await program.ready(), { keepOpen: true });
    program.child.kill('SIGTERM');
    for (const { client } of members) await client.event('draining');
    expect(program.child.exitCode).toBeNull();
    for (const { client } of members) await client.get('bye', {});
    expect(await program.ended).toBe(0);
  });

  test('does not wait past the deadline, nor after a second signal', async () => {
    const bounded = start({ EARSHOT_DRAIN_MS: '50' });
    await placeCall(await bounded.ready(), { keepOpen: true });
    bounded.child.kill('SIGINT');
    expect(await bounded.ended).toBe(0);

    const impatient = start({ EARSHOT_DRAIN_MS: '60000' });
    const { members } = await placeCall(await impatient.ready(), { keepOpen: true });
    impatient.child.kill('SIGTERM');
    await members[0].client.event('draining');
    impatient.child.kill('SIGTERM');
    expect(await impatient.ended).toBe(0);
  });
});
