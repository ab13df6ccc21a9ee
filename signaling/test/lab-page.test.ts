/** The operator's page and the stream that feeds it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { eventually, placeCall, startServer } from './wire.ts';

const keyLine =
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20';

let lab: EarshotServer;
let clientDir: string;

beforeAll(async () => {
  clientDir = mkdtempSync(join(tmpdir(), 'earshot-client-'));
  mkdirSync(join(clientDir, 'assets'));
  writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>Earshot</title>');
  writeFileSync(join(clientDir, 'lab.html'), '<!doctype html><title>What the server sees</title>');
  writeFileSync(join(clientDir, 'assets', 'lab-B1a2C3d4.js'), 'export {};');
  lab = await startServer({ clientDir, env: { EARSHOT_LAB: '1' } });
});
afterAll(async () => {
  await lab.close();
  rmSync(clientDir, { recursive: true });
});

const unknownCall = 'Cf3yYd0hT1GZ0n5l2m8QwA';

/** The first answer, redirects not followed. `close` ends the connection. */
async function open(url: string, headers: Record<string, string> = {}) {
  const { hostname, port, pathname } = new URL(url);
  return new Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly text: () => string;
    readonly close: () => void;
  }>((resolve, reject) => {
    const asking = request({ hostname, port, path: pathname, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        close: () => asking.destroy(),
      });
    });
    asking.on('error', reject).end();
  });
}

test('the application leads who sits at this machine to the page, nobody else, and does not hold it', async () => {
  const found = await open(`${lab.url}/lab/${unknownCall}`);
  expect([found.status, found.headers['location']]).toEqual([
    302,
    `${lab.operatorUrl}/lab/${unknownCall}`,
  ]);
  const elsewhere = await open(`${lab.url}/lab/${unknownCall}`, { host: 'calls.example' });
  expect([elsewhere.status, elsewhere.headers['location']]).toEqual([404, undefined]);
  expect((await open(`${lab.url}/lab.html`)).status).toBe(404);
  expect((await open(`${lab.url}/lab/calls/${unknownCall}/live`)).status).toBe(404);
});

test('the page may load and ask for nothing from elsewhere', async () => {
  const page = await open(`${lab.operatorUrl}/lab/${unknownCall}`);
  expect(page.status).toBe(200);
  await eventually(() => page.text().includes('What the server sees') || undefined, 'the page');
  expect(String(page.headers['content-security-policy']).split(';')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(page.headers).toMatchObject({
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect((await open(`${lab.operatorUrl}/assets/lab-B1a2C3d4.js`)).status).toBe(200);
  // A page elsewhere whose name was made to resolve to this machine.
  const rebound = await open(`${lab.operatorUrl}/lab/${unknownCall}`, { host: 'evil.example' });
  expect(rebound.status).toBe(404);
});

test('the stream has what was relayed, who is there, and goes on', async () => {
  expect((await open(`${lab.operatorUrl}/lab/calls/${unknownCall}/live`)).status).toBe(404);
  const { call, members } = await placeCall(lab.url, { mode: 'sdes', keepOpen: true });
  const [alice, bob] = members;
  const sdp = `v=0\r\n${keyLine}\r\n`;
  await alice.client.get('offer', { to: bob.self.id, sdp });
  const stream = await open(`${lab.operatorUrl}/lab/calls/${call.callId}/live`);
  const lines = (): unknown[] =>
    stream
      .text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  await bob.client.get('answer', { to: alice.self.id, sdp });
  await eventually(() => lines().length >= 4 || undefined, 'four lines');
  const people = [alice, bob].map(({ self: { id, name } }) => ({ id, name }));
  expect(lines()).toMatchObject([
    { type: 'call', callId: call.callId, mode: 'sdes', topology: 'direct', earlierMessages: 0 },
    { type: 'people', people },
    { type: 'message', verb: 'offer', from: alice.self.id, to: bob.self.id, payload: { sdp } },
    { type: 'message', verb: 'answer', from: bob.self.id, to: alice.self.id, payload: { sdp } },
  ]);
  await bob.client.get('leave', {});
  await eventually(() => lines().length >= 5 || undefined, 'a line about who left');
  expect(lines()[4]).toEqual({ type: 'people', people: people.slice(0, 1) });
  stream.close();
  for (const { client } of members) client.close();
});

test('the stream is for a few at a time, and whoever leaves makes room', async () => {
  const { call, members } = await placeCall(lab.url, { keepOpen: true });
  const url = `${lab.operatorUrl}/lab/calls/${call.callId}/live`;
  const readers = [];
  for (let i = 0; i < 8; i++) readers.push(await open(url));
  expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
  expect((await open(url)).status).toBe(503);
  for (const { close } of readers) close();
  let status = 503;
  await expect
    .poll(async () => {
      const reader = await open(url);
      status = reader.status;
      reader.close();
      return status;
    })
    .toBe(200);
  for (const { client } of members) client.close();
});
