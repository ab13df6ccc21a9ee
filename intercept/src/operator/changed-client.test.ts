/** Over HTTP, in front of a server that serves a client of one page, one script and one picture. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { startActiveRelay } from './active-relay.ts';
import { ChangedClient, type ChangedClientOptions } from './changed-client.ts';

const script = '/assets/index-A1b2.js';
const page = `<!doctype html><script type="module" src="${script}"></script>`;
/** FIPS 180-4: SHA-384 of "abc", in base64. */
const abc = 'ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return address.port;
}

async function serve(
  options: Partial<ChangedClientOptions> = {},
  files: Readonly<Record<string, string | undefined>> = {
    '/': page,
    '/j/call': page,
    [script]: 'abc',
  },
): Promise<{ readonly url: string; readonly client: ChangedClient; readonly asked: string[] }> {
  const asked: string[] = [];
  const honest = createServer(({ method = '', url = '' }, response) => {
    asked.push(`${method} ${url}`);
    const body = files[url];
    response.setHeader('content-security-policy', "script-src 'self'");
    response.setHeader('x-other', 'kept by nobody');
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(body);
  });
  honest.listen(0, '127.0.0.1');
  await once(honest, 'listening');
  open.push({ close: () => honest.close() });
  const upstreamUrl = `http://127.0.0.1:${String(portOf(honest))}`;
  const client = new ChangedClient({ upstreamUrl, integrityOf: 'nothing', ...options });
  const relay = await startActiveRelay({ upstreamUrl, answer: client.answer });
  open.push(relay);
  return { url: relay.url, client, asked };
}

async function get(url: string, path: string): Promise<string> {
  const answer = await fetch(new URL(path, url));
  expect(answer.status).toBe(200);
  return answer.text();
}

function integrityIn(html: string): string | undefined {
  return /integrity="sha384-([^"]+)"/.exec(html)?.[1];
}

describe('a changed client', () => {
  it('is the honest script behind something else, on the honest page', async () => {
    const { url } = await serve();
    const served = await get(url, script);
    expect(served.endsWith('abc')).toBe(true);
    expect(served).toContain('getUserMedia');
    expect(await get(url, '/')).toBe(page);
  });

  it('is the honest one where it is not to leak', async () => {
    const { url } = await serve({ script: 'unchanged' });
    expect(await get(url, script)).toBe('abc');
  });

  it.each(['/', '/j/call'])('comes with the honest script’s hash on %s', async (path) => {
    const { url } = await serve({ integrityOf: 'honest-script' });
    expect(integrityIn(await get(url, path))).toBe(abc);
    expect(await get(url, script)).not.toBe('abc');
  });

  it('comes with its own script’s hash, as the browser computes it', async () => {
    const { url } = await serve({ integrityOf: 'changed-script' });
    const served = new TextEncoder().encode(await get(url, script));
    const hash = Buffer.from(await crypto.subtle.digest('SHA-384', served)).toString('base64');
    expect(integrityIn(await get(url, '/'))).toBe(hash);
    expect(hash).not.toBe(abc);
  });

  it('keeps what the browser’s policies hang on, and nothing else', async () => {
    const { url } = await serve();
    const { headers } = await fetch(new URL(script, url));
    expect(headers.get('content-security-policy')).toBe("script-src 'self'");
    expect(headers.get('content-type')).toBe('text/plain');
    expect(headers.get('x-other')).toBeNull();
  });

  it('has no page without a script, and no script that the server does not have', async () => {
    const { url } = await serve({ integrityOf: 'honest-script' }, { '/': 'no script at all' });
    expect((await fetch(new URL('/', url))).status).toBe(502);
    expect((await fetch(new URL(script, url))).status).toBe(502);
  });

  it('leaves other files and other methods to the server', async () => {
    const { url, asked } = await serve({ integrityOf: 'honest-script' });
    await fetch(new URL('/icon.svg', url));
    await fetch(url, { method: 'POST', body: '' });
    expect(asked).toEqual(['GET /icon.svg', 'POST /']);
  });

  it('takes no socket for a page, whatever its path', async () => {
    const { client } = await serve({ integrityOf: 'honest-script' });
    const server = createServer((asking, response) => {
      if (!client.answer(asking, response)) response.end('left alone');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push({ close: () => server.close() });
    const socket = request(`http://127.0.0.1:${String(portOf(server))}/`, {
      headers: { connection: 'upgrade', upgrade: 'websocket' },
    });
    const answered = new Promise<IncomingMessage>((resolve) => socket.once('response', resolve));
    socket.end();
    expect(await text(await answered)).toBe('left alone');
  });
});

describe('what it leaks', () => {
  const floats = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
    return bytes;
  };

  it('is put together in the order in which it was said', async () => {
    const { url, client } = await serve();
    expect(client.leaked).toEqual({ sampleRateHz: 48_000, samples: new Float32Array(0) });
    for (const [place, body] of [
      [10, floats(0.5)],
      [2, floats(-0.25, 0.125)],
      [0, floats(1)],
    ] as const) {
      const answer = await fetch(new URL(`/leak/16000/${String(place)}`, url), {
        method: 'POST',
        body: new Uint8Array(body),
      });
      expect(answer.status).toBe(204);
    }
    expect(client.leaked.sampleRateHz).toBe(16_000);
    expect([...client.leaked.samples]).toEqual([1, -0.25, 0.125, 0.5]);
  });

  it('counts a piece that comes twice once, and nothing that is no whole sample', async () => {
    const { url, client } = await serve();
    for (const body of [floats(1), Buffer.concat([floats(0.5), Buffer.of(7)])]) {
      await fetch(new URL('/leak/48000/0', url), { method: 'POST', body: new Uint8Array(body) });
    }
    expect([...client.leaked.samples]).toEqual([0.5]);
  });
});
