/** The application and the operator's listener over HTTP. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { Client, eventually, placeCall, startServer } from './wire.ts';

let server: EarshotServer;
let clientDir: string;

beforeAll(async () => {
  clientDir = mkdtempSync(join(tmpdir(), 'earshot-client-'));
  mkdirSync(join(clientDir, 'assets'));
  writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>Earshot</title>');
  writeFileSync(join(clientDir, 'lab.html'), '<!doctype html><title>What the server sees</title>');
  writeFileSync(join(clientDir, 'assets', 'index-B1a2C3d4.js'), 'export {};');
  writeFileSync(join(clientDir, 'assets', 'crypto-worker-B1a2C3d4.js'), 'export {};');
  writeFileSync(join(clientDir, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(clientDir, '.secret'), 'no');
  server = await startServer({
    clientDir,
    env: { EARSHOT_ORIGINS: 'https://calls.example.org', EARSHOT_TRUST_PROXY: '1' },
  });
});
afterAll(async () => {
  await server.close();
  rmSync(clientDir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Not `fetch`: it does not let a test choose Host and Sec-Fetch-Site, and it tidies up paths. */
async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const path = url.slice(new URL(url).origin.length);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('the application', () => {
  test.each([
    ['/', 200, 'no-cache'],
    ['/j/Cf3yYd0hT1GZ0n5l2m8QwA', 200, 'no-cache'],
    ['/assets/index-B1a2C3d4.js', 200, 'public, max-age=31536000, immutable'],
    ['/icon.svg', 200, 'no-cache'],
  ])('serves %s', async (path, status, cacheControl) => {
    const answer = await get(`${server.url}${path}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['cache-control']).toBe(cacheControl);
  });

  test.each([
    '/j/',
    '/j/a/b',
    '/call',
    '/assets/gone.js',
    '/assets/',
    '/assets/../index.html.map',
    '/assets/..%2f..%2fetc%2fpasswd',
    '/.secret',
    '/lab/calls',
    '/lab/Cf3yYd0hT1GZ0n5l2m8QwA',
    '/lab.html',
    '/lab%2ehtml',
    '/metrics',
  ])('has no %s', async (path) => {
    expect((await get(`${server.url}${path}`)).status).toBe(404);
  });

  test('keeps a page to itself', async () => {
    const { headers } = await get(`${server.url}/`);
    const { host } = new URL(server.url);
    const policy = String(headers['content-security-policy'])
      .split(';')
      .map((directive) => directive.trim());
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "media-src 'self' blob:",
      `connect-src 'self' ws://${host} wss://${host}`,
      "worker-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'permissions-policy': expect.stringContaining('microphone=(self)') as string,
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  test('lets the crypto worker compile WebAssembly, and nothing else, and reach nobody', async () => {
    const policyOf = async (path: string): Promise<unknown> =>
      (await get(`${server.url}${path}`)).headers['content-security-policy'];
    expect(await policyOf('/assets/crypto-worker-B1a2C3d4.js')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
    );
    for (const path of ['/', '/j/Cf3yYd0hT1GZ0n5l2m8QwA', '/assets/index-B1a2C3d4.js']) {
      expect(await policyOf(path)).not.toContain('wasm');
    }
  });

  test.each(["x; script-src 'unsafe-inline'", 'evil.example *', 'x,y'])(
    'lets the Host %j write nothing into the policy',
    async (host) => {
      const { status, headers } = await get(`${server.url}/`, { host });
      expect(status).toBe(200);
      expect(headers['content-security-policy']).toContain("connect-src 'self' 'self';");
      expect(headers['content-security-policy']).not.toContain('unsafe-inline');
    },
  );

  test('asks for TLS only where a trusted proxy says that it is there', async () => {
    const { headers } = await get(`${server.url}/`, { 'x-forwarded-proto': 'https' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    const untrusting = await startServer({ clientDir });
    const plain = await get(`${untrusting.url}/`, { 'x-forwarded-proto': 'https' });
    expect(plain.headers).not.toHaveProperty('strict-transport-security');
    await untrusting.close();
  });

  test('says what is missing when the client is not built', async () => {
    const bare = await startServer({ clientDir: join(clientDir, 'nothing') });
    const answer = await get(`${bare.url}/`);
    expect([answer.status, answer.text]).toEqual([503, 'the client is not built: npm run build\n']);
    await bare.close();
  });
});

describe('origins', () => {
  const { host } = { host: () => new URL(server.url).host };

  test.each(['websocket', 'polling'] as const)('over %s: own and listed, no other', async (by) => {
    const outcome = async (origin: string | undefined): Promise<string> => {
      const client = new Client(server.url, {
        transports: [by],
        ...(origin === undefined ? {} : { origin }),
      });
      const result = await eventually(
        () => (client.socket.connected ? 'connected' : client.failure),
        'connection or refusal',
      );
      client.close();
      return result;
    };
    expect(await outcome(`http://${host()}`)).toBe('connected');
    expect(await outcome('https://calls.example.org')).toBe('connected');
    expect(await outcome(undefined)).toBe('connected');
    expect(await outcome('https://evil.example')).not.toBe('connected');
    expect(await outcome('https://calls.example.org.evil.example')).not.toBe('connected');
    expect(await outcome('null')).not.toBe('connected');
  });

  test('a cross-site request that names no origin', async () => {
    const handshake = `${server.url}/socket.io/?EIO=4&transport=polling`;
    expect((await get(handshake)).status).toBe(200);
    expect((await get(handshake, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});

describe('health', () => {
  test('is live and ready, and only live while draining', async () => {
    const own = await startServer();
    expect(await get(`${own.url}/livez`)).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get(`${own.url}/readyz`)).toMatchObject({ status: 200, text: 'ok\n' });
    const { members } = await placeCall(own.url, { keepOpen: true });
    const drained = own.drain();
    expect(await get(`${own.url}/readyz`)).toMatchObject({ status: 503, text: 'draining\n' });
    expect(await get(`${own.url}/livez`)).toMatchObject({ status: 200 });
    for (const { client } of members) await client.get('bye', {});
    await drained;
    await own.close();
  });

  test('is not ready without a media worker', async () => {
    const load = { workersAlive: 0, workersWanted: 1, rooms: 0, producers: 0, consumers: 0 };
    const noWorker = {
      openRoom: () => Promise.reject(new Error('not asked')),
      load: () => load,
      close: () => Promise.resolve(),
    };
    const own = await startServer({ media: noWorker });
    expect(await get(`${own.url}/readyz`)).toMatchObject({
      status: 503,
      text: 'no media worker\n',
    });
    await own.close();
  });
});

describe("the operator's listener", () => {
  test('has metrics, and nothing of the lab without it', async () => {
    const { members } = await placeCall(server.url, { keepOpen: true });
    const metrics = await get(`${server.operatorUrl}/metrics`);
    expect(metrics.text).toContain('earshot_participants{mode="dtls",topology="direct"} 2');
    expect(metrics.text).toContain('earshot_requests_total{verb="join",outcome="ok"} 2');
    expect(metrics.text).toContain('nodejs_eventloop_lag_seconds');
    for (const path of ['/lab/calls', '/lab/Cf3yYd0hT1GZ0n5l2m8QwA', '/assets/index-B1a2C3d4.js']) {
      expect((await get(`${server.operatorUrl}${path}`)).status, path).toBe(404);
    }
    for (const { client } of members) client.close();
  });

  test.each([
    ['on', 'inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20'],
    ['off', 'inline:[not retained]'],
  ])('keeps what was relayed in the lab, keys %s', async (retain, kept) => {
    const lab = await startServer({ env: { EARSHOT_LAB: '1', EARSHOT_RETAIN_KEYS: retain } });
    const { call, members } = await placeCall(lab.url, { mode: 'sdes', keepOpen: true });
    const [alice, bob] = members;
    const line =
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20';
    const sdp = `v=0\r\n${line}\r\n`;
    await alice.client.get('offer', { to: bob.self.id, sdp });
    // Relayed whole, whatever is kept.
    expect((await bob.client.event('offer')).payload.sdp).toBe(sdp);
    const calls: unknown = JSON.parse((await get(`${lab.operatorUrl}/lab/calls`)).text);
    expect(calls).toMatchObject([{ callId: call.callId, mode: 'sdes', messages: 1 }]);
    const record = await get(`${lab.operatorUrl}/lab/calls/${call.callId}/record`);
    const lines = record.text.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      from: alice.self.id,
      to: bob.self.id,
      verb: 'offer',
      payload: {
        from: alice.self.id,
        sdp: `v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 ${kept}\r\n`,
      },
    });
    const rtp = await get(`${lab.operatorUrl}/lab/calls/${call.callId}/rtp`);
    expect([rtp.status, rtp.text]).toEqual([200, '']);
    expect((await get(`${lab.operatorUrl}/lab/calls/none/record`)).status).toBe(404);
    // A page elsewhere whose name was made to resolve to this machine.
    const rebound = await get(`${lab.operatorUrl}/lab/calls`, { host: 'evil.example:9464' });
    expect(rebound.status).toBe(404);
    for (const { client } of members) client.close();
    await lab.close();
  });
});
