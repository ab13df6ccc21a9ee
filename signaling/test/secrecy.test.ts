/**
 * No key, token, description, envelope or address in the log, at its most talkative, or in the
 * metrics: calls are placed in every mode and topology, then all output is searched.
 */
import { keyingModes } from '@earshot/keying/mode';
import { createMediaServer } from '@earshot/sfu/media-server';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';
import { Client, placeCall, startServer } from './wire.ts';

/** What must not be found, as text and as the bytes behind it. */
class Secrets {
  readonly #texts = new Map<string, string>();

  /** `text` as it is sent. */
  add(name: string, text: string): string {
    this.#texts.set(name, text);
    return text;
  }

  /** Bytes that are sent as base64. */
  addBytes(name: string, length: number): string {
    const bytes = randomBytes(length);
    this.#texts.set(`${name} as base64url`, bytes.toString('base64url'));
    this.#texts.set(`${name} as hexadecimal`, bytes.toString('hex'));
    return this.add(name, bytes.toString('base64'));
  }

  get size(): number {
    return this.#texts.size;
  }

  /** Names of those that `output` holds, in clear or encoded once more; from 12 characters on also in part. */
  foundIn(output: string): string[] {
    return [...this.#texts].flatMap(([name, text]) => {
      const bytes = Buffer.from(text);
      const shapes = [
        text,
        JSON.stringify(text).slice(1, -1),
        bytes.toString('hex'),
        bytes.toString('base64').replace(/=+$/, ''),
        bytes.toString('base64url'),
        ...(text.length >= 24 ? [text.slice(0, 12), text.slice(-12)] : []),
      ];
      return shapes.some((shape) => output.includes(shape)) ? [name] : [];
    });
  }
}

test('the log and the metrics hold no secret of any call', async () => {
  const secrets = new Secrets();
  let output = '';
  const log = createLog('debug', {
    write: (line) => {
      output += line;
    },
  });
  const media = await createMediaServer({
    workers: 1,
    listenIp: '127.0.0.1',
    firstPort: 0,
    allowTaps: true,
    log: {
      info: (fields, message) => log.info(message, fields),
      warn: (fields, message) => log.warn(message, fields),
      error: (fields, message) => log.error(message, fields),
    },
  });
  const server = await startServer({
    log,
    media,
    env: {
      EARSHOT_LAB: '1',
      EARSHOT_TURN_URLS: 'turn:turn.example.org:3478',
      EARSHOT_TURN_SECRET: secrets.addBytes('TURN secret', 32),
    },
  });
  secrets.add('address', '127.0.0.1');
  secrets.add('address, mapped', '::ffff:');
  try {
    for (const mode of keyingModes) {
      await placeDirectCall(mode);
      await placeRoom(mode);
    }
    const response = await fetch(`${server.operatorUrl}/metrics`);
    output += await response.text();
  } finally {
    await server.close();
  }
  // The search is of something: every request left its line, and what is looked for would be found.
  expect(output.match(/request answered/g)?.length).toBeGreaterThan(50);
  expect(output).toContain('"verb":"produce","outcome":"crypto-refused"');
  expect(secrets.size).toBeGreaterThan(60);
  const control = new Secrets();
  control.add('a word that is there', 'crypto-refused');
  expect(control.foundIn(output)).toEqual(['a word that is there']);
  expect(secrets.foundIn(output)).toEqual([]);

  function cryptoLine(name: string): string {
    const line = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${secrets.addBytes(name, 30)}`;
    return line;
  }

  function noteSession(name: string, client: { sessionId: string; resumeToken: string }): void {
    secrets.add(`${name} session`, client.sessionId);
    secrets.add(`${name} token`, client.resumeToken);
  }

  async function placeDirectCall(mode: string): Promise<void> {
    const { call, members } = await placeCall(server.url, { mode, keepOpen: true });
    const [alice, bob] = members;
    secrets.add(`${mode} call id`, call.callId);
    noteSession(`${mode} alice`, alice.session);
    noteSession(`${mode} bob`, bob.session);
    const to = bob.self.id;
    const password = secrets.add(`${mode} ice-pwd`, randomBytes(16).toString('hex'));
    const key = mode === 'sdes' ? `${cryptoLine(`${mode} key`)}\r\n` : '';
    await alice.client.get('offer', { to, sdp: `v=0\r\na=ice-pwd:${password}\r\n${key}` });
    await alice.client.ask('envelope', {
      to,
      kind: 'handshake',
      data: secrets.addBytes(`${mode} envelope`, 64),
    });
    const host = secrets.add(`${mode} candidate`, '198.51.100.77');
    await alice.client.get('candidate', {
      to,
      candidate: {
        candidate: `candidate:1 1 udp 1 ${host} 9 typ host`,
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: null,
      },
    });
    // Refusals, too, say nothing of what they refuse.
    const stray = secrets.addBytes(`${mode} key where none belongs`, 30);
    await alice.client.ask('offer', { to: stray, sdp: stray, [stray]: stray });
    await alice.client.ask('hello', { protocol: 1, resume: stray });
    // A dropped socket and its resumption.
    bob.client.drop();
    const again = new Client(server.url);
    const { sessionId, resumeToken: token } = bob.session;
    const resumed = await again.get('hello', {
      protocol: 1,
      resume: { sessionId, token, lastEvent: 0 },
    });
    secrets.add(`${mode} second token`, resumed.resumeToken);
    alice.client.close();
    again.close();
  }

  async function placeRoom(mode: string): Promise<void> {
    const client = new Client(server.url);
    noteSession(`${mode} room`, await client.get('hello', { protocol: 1 }));
    const kind = { mode, topology: 'room' };
    const { callId } = await client.get('createCall', kind);
    secrets.add(`${mode} room id`, callId);
    const name = secrets.add(`${mode} name`, `Zacharias ${mode}`);
    const joined = await client.get('join', { callId, ...kind, name, isMuted: false });
    secrets.add(`${mode} TURN password`, joined.iceServers[0]?.credential ?? 'none');
    const transport = await client.get('createTransport', { direction: 'send' });
    secrets.add(`${mode} SFU password`, transport.iceParameters.password);
    const value = secrets.add(`${mode} fingerprint`, randomBytes(32).toString('hex'));
    await client.ask('connectTransport', {
      transportId: transport.id,
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value }] },
    });
    const cname = secrets.add(`${mode} cname`, randomBytes(16).toString('hex'));
    const produce = {
      transportId: transport.id,
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: 1 }],
        rtcp: { cname },
      },
    };
    const crypto = cryptoLine(`${mode} room key`);
    const isSdes = mode === 'sdes';
    const wrong = isSdes ? produce : { ...produce, crypto };
    expect(await client.code('produce', wrong)).toBe('crypto-refused');
    await client.get('produce', isSdes ? { ...produce, crypto } : produce);
    const mimeType = secrets.add(`${mode} codec`, `audio/${randomBytes(12).toString('hex')}`);
    await client.ask('produce', {
      ...produce,
      ...(isSdes ? { crypto } : {}),
      rtpParameters: { codecs: [{ mimeType, payloadType: 1, clockRate: 1 }] },
    });
    client.close();
  }
});

test('what the log is handed by mistake does not come out', () => {
  let output = '';
  const log = createLog('debug', { write: (line) => (output += line) });
  const key = randomBytes(30);
  const error = new Error(`cannot parse inline:${key.toString('base64')} from 192.0.2.7`);
  const careless = {
    error,
    sdp: 'v=0',
    key: key.toString('hex'),
    reason: key.toString('base64url'),
  };
  log.error(`failed for 2001:db8::7 with ${key.toString('hex')}`, careless);
  for (const shape of ['base64', 'base64url', 'hex'] as const) {
    expect(output).not.toContain(key.toString(shape).slice(0, 12));
  }
  for (const trace of ['v=0', '192.0.2.7', 'db8']) expect(output).not.toContain(trace);
  expect(output).toContain('cannot parse');
  expect(output).toContain('secrecy.test.ts');
});
