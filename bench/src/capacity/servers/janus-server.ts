/** Janus in a process of its own, from the Debian package, its VideoRoom as a room of audio. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { WebRtcEndpoint } from '@earshot/peer/webrtc-endpoint';
import type {
  ForwardingRoom,
  ForwardingServer,
  RoomPerson,
  SpokenStream,
} from './forwarding-server.ts';
import { janusAddress, janusFolder } from './janus-package.ts';
import { answerForAll, firstSectionOf } from './janus-sdp.ts';
import { JanusSession } from './janus-session.ts';
import { spokenStream } from './spoken-stream.ts';

const readyTimeoutMs = 15_000;
const pollMs = 100;
const endTimeoutMs = 5000;
/** VideoRoom refuses further publishers; rooms of the load have no more. */
const publishersAtMost = 100;

/** @throws Error with what it wrote when it does not start */
export async function startJanusServer(): Promise<ForwardingServer> {
  await using starting = new AsyncDisposableStack();
  const port = await freePort();
  const configuration = mkdtempSync(path.join(os.tmpdir(), 'earshot-janus-'));
  starting.defer(() => {
    rmSync(configuration, { recursive: true });
  });
  writeConfiguration(configuration, port);
  const child = spawn('janus', ['-F', configuration, '-o'], { stdio: ['ignore', 'pipe', 'pipe'] });
  starting.defer(() => end(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  }
  const session = await openWhenReady(`ws://127.0.0.1:${port}`, child).catch((cause: unknown) => {
    throw new Error(`Janus did not start:\n${output}`, { cause });
  });
  starting.defer(() => {
    session.close();
  });
  if (child.pid === undefined) throw new Error('Janus has no process');
  const opened = starting.move();
  let rooms = 0;
  return {
    processIds: [child.pid],
    openRoom: () => openRoom({ session, opened, room: ++rooms }),
    close: () => opened.disposeAsync(),
  };
}

interface RoomOptions {
  readonly session: JanusSession;
  readonly opened: AsyncDisposableStack;
  readonly room: number;
}

async function openRoom(options: RoomOptions): Promise<ForwardingRoom> {
  const { session, room } = options;
  await session.ask(await session.attach(), {
    ...{ request: 'create', room, publishers: publishersAtMost, audiocodec: 'opus' },
    // As the rooms it is compared with: no header extensions, and nobody is told who comes.
    ...{ audiolevel_ext: false, transport_wide_cc_ext: false, notify_joining: false },
  });
  const speakers = new Set<number>();
  let entered = 0;
  return { enter: () => Promise.resolve(new JanusPerson(options, speakers, ++entered)) };
}

class JanusPerson implements RoomPerson {
  readonly #options: RoomOptions;
  /** Their ids in the room. */
  readonly #speakers: Set<number>;
  readonly #id: number;

  constructor(options: RoomOptions, speakers: Set<number>, id: number) {
    this.#options = options;
    this.#speakers = speakers;
    this.#id = id;
  }

  async speak(): Promise<SpokenStream> {
    const { session, room } = this.#options;
    const handle = await session.attach();
    const endpoint = this.#open({ direction: 'send' }, handle);
    await session.ask(handle, { request: 'join', ptype: 'publisher', room, id: this.#id });
    const sdp = await endpoint.createOffer();
    const { jsep } = await session.ask(handle, { request: 'publish' }, { type: 'offer', sdp });
    if (jsep === undefined) throw new Error('Janus answered without a description');
    endpoint.acceptAnswer(jsep.sdp);
    this.#trickle(handle);
    await endpoint.opened;
    this.#speakers.add(this.#id);
    return spokenStream(endpoint);
  }

  async listen(onRtp?: (packet: Uint8Array) => void): Promise<void> {
    const { session, room } = this.#options;
    const feeds = [...this.#speakers].filter((id) => id !== this.#id);
    const handle = await session.attach();
    const endpoint = this.#open(
      { direction: 'receive', ...(onRtp === undefined ? {} : { onRtp }) },
      handle,
    );
    const { jsep } = await session.ask(handle, {
      ...{ request: 'join', ptype: 'subscriber', room },
      streams: feeds.map((feed) => ({ feed })),
    });
    if (jsep === undefined) throw new Error('Janus offered nothing');
    const answer = await endpoint.acceptOffer(firstSectionOf(jsep.sdp));
    const sdp = answerForAll(answer, jsep.sdp);
    await session.ask(handle, { request: 'start' }, { type: 'answer', sdp });
    this.#trickle(handle);
    await endpoint.opened;
  }

  readonly #candidates = new Map<number, { candidate: string; mid: string }[]>();

  #open(
    options: Pick<ConstructorParameters<typeof WebRtcEndpoint>[0], 'direction' | 'onRtp'>,
    handle: number,
  ): WebRtcEndpoint {
    const held: { candidate: string; mid: string }[] = [];
    this.#candidates.set(handle, held);
    const endpoint = new WebRtcEndpoint({
      ...options,
      address: janusAddress() ?? '127.0.0.1',
      onCandidate: (candidate) => {
        if (this.#candidates.has(handle)) held.push(candidate);
        else this.#options.session.trickle(handle, candidate);
      },
    });
    this.#options.opened.defer(() => endpoint.close());
    return endpoint;
  }

  /** Candidates so far, and from now on each as it comes: Janus takes none before the description. */
  #trickle(handle: number): void {
    const held = this.#candidates.get(handle) ?? [];
    this.#candidates.delete(handle);
    for (const candidate of held) this.#options.session.trickle(handle, candidate);
  }
}

/** As packaged, but ICE lite as mediasoup is, one plugin, one transport, and nothing that phones home. */
function writeConfiguration(folder: string, port: number): void {
  const plugins = janusFolder();
  const others = (kind: string, wanted: string): string =>
    readdirSync(path.join(plugins, kind))
      .filter((name) => name.endsWith('.so') && name !== wanted)
      .join(',');
  const files = {
    'janus.jcfg': `
      general: { configs_folder = "${folder}" plugins_folder = "${plugins}/plugins"
        transports_folder = "${plugins}/transports" events_folder = "${plugins}/events"
        loggers_folder = "${plugins}/loggers" debug_level = 2 }
      nat: { ice_lite = true ice_enforce_list = "${janusAddress() ?? ''}" }
      plugins: { disable = "${others('plugins', 'libjanus_videoroom.so')}" }
      transports: { disable = "${others('transports', 'libjanus_websockets.so')}" }`,
    'janus.transport.websockets.jcfg': `
      general: { ws = true ws_port = ${port} ws_ip = "127.0.0.1" wss = false }
      admin: { admin_ws = false }`,
    'janus.plugin.videoroom.jcfg': 'general: { }',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

async function openWhenReady(url: string, child: ChildProcess): Promise<JanusSession> {
  const deadlineMs = performance.now() + readyTimeoutMs;
  for (;;) {
    try {
      return await JanusSession.open(url);
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await exited;
  clearTimeout(killer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
}
