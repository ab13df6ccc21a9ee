/** One window of Chromium 92 with one connection that is keyed by `a=crypto` lines (RFC 4568), without DTLS. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { chromiumFlags } from '../chromium-flags.ts';
import { speechPath, type Speaker } from '../speech.ts';
import { DevtoolsPipe } from './devtools-pipe.ts';
import { obtainChromium92 } from './package.ts';

const iceCandidate = z.object({
  candidate: z.string(),
  sdpMid: z.string().nullable(),
  sdpMLineIndex: z.number().nullable(),
});
export type GatheredCandidate = z.infer<typeof iceCandidate>;

const evaluated = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.object({ text: z.string() }).optional(),
});
const bindingCalled = z.object({ name: z.literal('gathered'), payload: z.string() });
const target = z.object({ targetId: z.string() });
const session = z.object({ sessionId: z.string() });
const reception = z.object({ packets: z.number(), energy: z.number() });
/** Packets received so far, and the energy of what was played. */
export type Reception = z.infer<typeof reception>;

/** It takes half a second. In one process, as it has to run here, it now and then hangs while it starts. */
const startTimeoutMs = 10_000;
const starts = 2;

/** Runs in the page, before anything else. The second argument of the constructor is of Chromium's own. */
const pageScript = `
  const start = (async () => {
    const connection = new RTCPeerConnection({ iceServers: [] }, { mandatory: { DtlsSrtpKeyAgreement: false } });
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') gathered(JSON.stringify(candidate));
    };
    connection.ontrack = ({ track }) => {
      window.playing = new Audio();
      window.playing.srcObject = new MediaStream([track]);
      void window.playing.play();
    };
    // As it was said: cleaning of that time takes more away than the measure allows for.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const microphone = await navigator.mediaDevices.getUserMedia({ audio });
    connection.addTrack(microphone.getAudioTracks()[0], microphone);
    return connection;
  })();
  const describe = async (connection, description) => {
    await connection.setLocalDescription(description);
    return description.sdp;
  };
  window.offer = async () => {
    const connection = await start;
    return describe(connection, await connection.createOffer());
  };
  window.acceptOffer = async (sdp) => {
    const connection = await start;
    await connection.setRemoteDescription({ type: 'offer', sdp });
    return describe(connection, await connection.createAnswer());
  };
  window.acceptAnswer = async (sdp) => (await start).setRemoteDescription({ type: 'answer', sdp });
  window.addCandidate = async (candidate) => (await start).addIceCandidate(candidate);
  window.received = async () => {
    let packets = 0;
    let energy = 0;
    for (const report of (await (await start).getStats()).values()) {
      if (report.type === 'inbound-rtp') packets += report.packetsReceived;
      if (report.type === 'track' && report.remoteSource) energy += report.totalAudioEnergy ?? 0;
    }
    return { packets, energy };
  };
`;

export interface SdesBrowserOptions {
  readonly speaker: Speaker;
  /** Own ICE candidates, as they are found. */
  readonly onCandidate: (candidate: GatheredCandidate) => void;
}

export class SdesBrowser {
  readonly #pipe: DevtoolsPipe;
  readonly #sessionId: string;
  readonly #close: () => Promise<void>;

  private constructor(pipe: DevtoolsPipe, sessionId: string, close: () => Promise<void>) {
    this.#pipe = pipe;
    this.#sessionId = sessionId;
    this.#close = close;
  }

  /** @throws Chromium92Unavailable; Error if it does not start. */
  static async launch(options: SdesBrowserOptions): Promise<SdesBrowser> {
    for (let left = starts - 1; ; left--) {
      try {
        return await SdesBrowser.#start(options);
      } catch (error) {
        if (!(error instanceof StartTimeout) || left === 0) throw error;
      }
    }
  }

  static async #start({ speaker, onCandidate }: SdesBrowserOptions): Promise<SdesBrowser> {
    const { program, libraries } = await obtainChromium92();
    const profile = await mkdtemp(join(tmpdir(), 'earshot-chromium-92-'));
    const site = await blankSite();
    const browser = spawn(program, flags(speaker, profile), {
      env: { ...process.env, LD_LIBRARY_PATH: libraries },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const close = async (): Promise<void> => {
      await end(browser);
      site.server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    };
    try {
      const pipe = pipeTo(browser, onCandidate);
      const sessionId = await Promise.race([openPage(pipe, site.url), failedStart(browser)]);
      return new SdesBrowser(pipe, sessionId, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  async offer(): Promise<string> {
    return z.string().parse(await this.#call('offer'));
  }

  async acceptOffer(sdp: string): Promise<string> {
    return z.string().parse(await this.#call('acceptOffer', sdp));
  }

  async acceptAnswer(sdp: string): Promise<void> {
    await this.#call('acceptAnswer', sdp);
  }

  /** After the other side's description. */
  async addCandidate(candidate: GatheredCandidate): Promise<void> {
    await this.#call('addCandidate', candidate);
  }

  async received(): Promise<Reception> {
    return reception.parse(await this.#call('received'));
  }

  /** Resolves when it is gone. Idempotent. */
  close(): Promise<void> {
    return this.#close();
  }

  #call(name: string, argument?: unknown): Promise<unknown> {
    const expression = `window.${name}(${argument === undefined ? '' : JSON.stringify(argument)})`;
    return evaluate(this.#pipe, this.#sessionId, expression);
  }
}

function flags(speaker: Speaker, profile: string): string[] {
  return [
    ...chromiumFlags,
    '--headless',
    // As the package's own: it was made for where nothing may be forked.
    '--single-process',
    '--no-zygote',
    '--disable-features=WebRtcHideLocalIpsWithMdns,AudioServiceOutOfProcess',
    '--allow-loopback-in-peer-connection',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${speechPath(speaker)}`,
    `--user-data-dir=${profile}`,
    '--remote-debugging-pipe',
  ];
}

/** A microphone is given to pages of this machine, not to `about:blank`. */
async function blankSite(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>SDES</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return { server, url: `http://127.0.0.1:${String(address.port)}/` };
}

function pipeTo(
  { stdio: [, , , input, output] }: ChildProcess,
  onCandidate: SdesBrowserOptions['onCandidate'],
): DevtoolsPipe {
  if (!(input instanceof Writable) || !(output instanceof Readable)) {
    throw new TypeError('no pipe to the browser');
  }
  return new DevtoolsPipe({
    input,
    output,
    onEvent: (method, params) => {
      if (method !== 'Runtime.bindingCalled') return;
      const { payload } = bindingCalled.parse(params);
      onCandidate(iceCandidate.parse(JSON.parse(payload)));
    },
  });
}

async function openPage(pipe: DevtoolsPipe, url: string): Promise<string> {
  const { targetId } = target.parse(await pipe.send('Target.createTarget', { url }));
  const attached = await pipe.send('Target.attachToTarget', { targetId, flatten: true });
  const { sessionId } = session.parse(attached);
  await pipe.send('Runtime.enable', {}, sessionId);
  await pipe.send('Runtime.addBinding', { name: 'gathered' }, sessionId);
  // Until the site is there and not the blank page that the window begins with.
  while (
    (await evaluate(pipe, sessionId, 'location.href + document.readyState')) !== `${url}complete`
  );
  await evaluate(pipe, sessionId, pageScript);
  return sessionId;
}

async function evaluate(
  pipe: DevtoolsPipe,
  sessionId: string,
  expression: string,
): Promise<unknown> {
  const parameters = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = evaluated.parse(
    await pipe.send('Runtime.evaluate', parameters, sessionId),
  );
  if (exceptionDetails !== undefined) throw new Error(`in the page: ${exceptionDetails.text}`);
  return result.value;
}

class StartTimeout extends Error {
  override readonly name = 'StartTimeout';
}

function failedStart(browser: ChildProcess): Promise<never> {
  return new Promise((_resolve, reject) => {
    browser.once('error', reject);
    browser.once('exit', (code) => {
      reject(new Error(`Chromium 92 ended with ${String(code)}`));
    });
    setTimeout(() => {
      reject(new StartTimeout('Chromium 92 does not start'));
    }, startTimeoutMs).unref();
  });
}

async function end(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.signalCode !== null) return;
  const exited = once(browser, 'exit');
  browser.kill('SIGKILL');
  await exited;
}
