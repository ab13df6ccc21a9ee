import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, isLoopback, isWeak, readConfig, variables } from './config.ts';
import { envExample, envExampleFile } from './env-example.ts';

function refused(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => /^ {2}([A-Z_]+)/.exec(line)?.[1] ?? line);
  }
  return [];
}

describe('settings', () => {
  test('have defaults for this machine, empty ones count as not set', () => {
    const config = readConfig({ PORT: '', EARSHOT_LAB: '' });
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      METRICS_PORT: 9464,
      EARSHOT_LAB: false,
      EARSHOT_RETAIN_KEYS: true,
      EARSHOT_ORIGINS: [],
      EARSHOT_MEDIA_PORT: 40_000,
    });
    expect(config.EARSHOT_WORKERS).toBeGreaterThan(0);
  });

  test('are read', () => {
    expect(
      readConfig({
        PORT: '0',
        METRICS_PORT: 'off',
        EARSHOT_ORIGINS: 'https://a.example, http://b.example:8080',
        EARSHOT_RETAIN_KEYS: 'off',
        EARSHOT_STUN_URLS: 'stun:stun.example.org:3478',
      }),
    ).toMatchObject({
      PORT: 0,
      METRICS_PORT: 'off',
      EARSHOT_ORIGINS: ['https://a.example', 'http://b.example:8080'],
      EARSHOT_RETAIN_KEYS: false,
      EARSHOT_STUN_URLS: ['stun:stun.example.org:3478'],
    });
  });

  test.each([
    [{ PORT: '65536' }, ['PORT']],
    [{ PORT: '1.5', METRICS_PORT: 'none' }, ['PORT', 'METRICS_PORT']],
    [{ HOST: 'a b' }, ['HOST']],
    [{ EARSHOT_ORIGINS: 'https://a.example/path' }, ['EARSHOT_ORIGINS']],
    [{ EARSHOT_ORIGINS: '*' }, ['EARSHOT_ORIGINS']],
    [{ EARSHOT_RETAIN_KEYS: 'maybe' }, ['EARSHOT_RETAIN_KEYS']],
    [{ EARSHOT_TURN_URLS: 'turn:t.example' }, ['EARSHOT_TURN_SECRET']],
    [{ EARSHOT_TURN_URLS: 'http://t.example' }, ['EARSHOT_TURN_URLS', 'EARSHOT_TURN_SECRET']],
    [{ EARSHOT_TLS_CERT: 'cert.pem' }, ['EARSHOT_TLS_KEY']],
    [{ EARSHOT_MEDIA_IP: '0.0.0.0' }, ['EARSHOT_MEDIA_ANNOUNCED_ADDRESS']],
    [{ EARSHOT_MEDIA_PORT: '65535', EARSHOT_WORKERS: '2' }, ['EARSHOT_MEDIA_PORT']],
  ])('refuse %j', (env, names) => {
    expect(refused(env)).toEqual(names);
  });

  test('refuse what production must not have', () => {
    const lab = { EARSHOT_LAB: '1', HOST: '0.0.0.0' };
    const weak = { EARSHOT_TURN_SECRET: 'changeme', EARSHOT_TURN_URLS: 'turn:t.example' };
    expect(refused({ ...lab, ...weak })).toEqual([]);
    expect(refused({ ...lab, ...weak, NODE_ENV: 'production' })).toEqual([
      'EARSHOT_TURN_SECRET',
      'EARSHOT_LAB',
    ]);
    expect(refused({ EARSHOT_LAB: '1', NODE_ENV: 'production' })).toEqual([]);
  });

  test('are all explained in .env.example, as committed', () => {
    const committed = readFileSync(envExampleFile, 'utf8');
    expect(committed, 'out of date: node signaling/src/env-example.ts').toBe(envExample());
    for (const name of Object.keys(variables)) expect(committed).toContain(`#${name}=`);
  });

  test('of .env.example are the defaults', () => {
    const lines = readFileSync(envExampleFile, 'utf8').matchAll(/^#([A-Z_]+)=(.*)$/gm);
    const env = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
    expect(readConfig(env)).toEqual(readConfig({}));
  });
});

test.each([
  ['short', true],
  ['a'.repeat(64), true],
  ['changemechangemechangemechangeme', true],
  ['9f86d081884c7d659a2feaa0c55ad015', false],
  ['q3Zr0xVf8uXn2mJkYtLw7cPbHsGdEaNi', false],
])('isWeak(%s) is %s', (secret, weak) => {
  expect(isWeak(secret)).toBe(weak);
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
])('isLoopback(%s) is %s', (address, loopback) => {
  expect(isLoopback(address)).toBe(loopback);
});
