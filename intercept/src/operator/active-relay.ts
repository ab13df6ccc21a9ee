/**
 * A server that changes what it relays: clients connect to it instead of the real one, and every message
 * in either direction passes a function that may drop, change, repeat or add messages. Pages and scripts
 * are passed through, so that to a browser this is the server's one origin.
 *
 * Sessions are not resumed through it: a dropped socket is a new client.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { verbs, type Verb } from '@earshot/protocol';
import { Server as SocketServer, type Socket as ClientSocket } from 'socket.io';
import { io, type Socket as ServerSocket } from 'socket.io-client';
import {
  readAnswer,
  readEvent,
  readRequest,
  readWelcome,
  type RelayedAnswer,
  type RelayedMessage,
  type RelayedRefusal,
} from './relayed-message.ts';

/**
 * Called for each message; what it returns is passed on, in that order. Nothing: the message is dropped.
 * A dropped request is never answered. Messages for other clients may be among them.
 */
export type Rewrite = (message: RelayedMessage) => readonly RelayedMessage[];

export interface ActiveRelayOptions {
  /** The real server, for example `http://localhost:3000`. */
  readonly upstreamUrl: string;
  /** Default: passes everything on unchanged. */
  readonly rewrite?: Rewrite;
  /** Answers a request for a page or script itself, and returns true; otherwise the real server does. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface ActiveRelay {
  /** What clients take for the server: `http://localhost:PORT`. */
  readonly url: string;
  /** From now on. */
  setRewrite(rewrite: Rewrite): void;
  /** Sends a message that nobody sent. Answers can only be given to a waiting request. */
  inject(message: RelayedMessage): void;
  /** Idempotent. */
  close(): Promise<void>;
}

export const passUnchanged: Rewrite = (message) => [message];

/** Listens on a free port of the loopback interface. */
export async function startActiveRelay(options: ActiveRelayOptions): Promise<ActiveRelay> {
  const http = createServer((request, response) => {
    if (options.answer?.(request, response) === true) return;
    passThrough(options.upstreamUrl, { request, response });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return new Relay(http, options);
}

class Relay implements ActiveRelay {
  readonly url: string;
  readonly #http: HttpServer;
  readonly #sockets: SocketServer;
  readonly #clients: RelayedClient[] = [];
  #rewrite: Rewrite;
  #closing: Promise<void> | undefined;

  constructor(http: HttpServer, { upstreamUrl, rewrite }: ActiveRelayOptions) {
    this.#http = http;
    this.#rewrite = rewrite ?? passUnchanged;
    this.url = `http://localhost:${portOf(http)}`;
    this.#sockets = new SocketServer(http, { serveClient: false });
    this.#sockets.on('connection', (socket) => {
      const client = new RelayedClient({
        index: this.#clients.length,
        socket,
        upstreamUrl,
        pass: (message) => {
          for (const passed of this.#rewrite(message)) this.inject(passed);
        },
      });
      this.#clients.push(client);
    });
  }

  setRewrite(rewrite: Rewrite): void {
    this.#rewrite = rewrite;
  }

  inject(message: RelayedMessage): void {
    this.#clients[message.client]?.deliver(message);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#sockets.close();
    this.#http.closeAllConnections();
  }
}

interface RelayedClientOptions {
  readonly index: number;
  readonly socket: ClientSocket;
  readonly upstreamUrl: string;
  readonly pass: (message: RelayedMessage) => void;
}

type Acknowledge = (answer: unknown) => void;

/** One client and its own socket to the real server. */
class RelayedClient {
  readonly #options: RelayedClientOptions;
  readonly #upstream: ServerSocket;
  /** Requests that wait for their answers, by verb, oldest first. */
  readonly #waiting = new Map<Verb, Acknowledge[]>();
  #nextRequest = 0;
  /** Events are numbered anew: some are dropped on the way, others added. */
  #nextEvent = 1;

  constructor(options: RelayedClientOptions) {
    this.#options = options;
    const { index, socket, upstreamUrl, pass } = options;
    this.#upstream = io(upstreamUrl, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    this.#upstream.on('welcome', (value: unknown) => {
      pass(readWelcome(index, value));
    });
    this.#upstream.on('event', (value: unknown) => {
      pass(readEvent(index, value));
    });
    this.#upstream.on('disconnect', () => socket.disconnect(true));
    this.#upstream.on('connect_error', () => socket.disconnect(true));
    socket.on('disconnect', () => this.#upstream.disconnect());
    for (const verb of verbs) {
      socket.on(verb, (frame: unknown, acknowledge: Acknowledge) => {
        const { request } = readRequest(index, verb, frame);
        this.#waitFor(verb, acknowledge);
        pass(request);
      });
    }
  }

  deliver(message: RelayedMessage): void {
    const { socket, pass, index } = this.#options;
    switch (message.kind) {
      case 'welcome':
        socket.emit('welcome', message.welcome);
        return;
      case 'event': {
        const { name, payload } = message;
        socket.emit('event', { seq: this.#nextEvent++, name, payload });
        return;
      }
      case 'answer':
      case 'refusal':
        this.#answer(message);
        return;
      case 'request': {
        // An id of our own, or a repeated request would get the first one's answer.
        const { verb, input } = message;
        const frame = { id: `relay-${this.#nextRequest++}`, input };
        this.#upstream.emit(verb, frame, (answer: unknown) => {
          pass(readAnswer(index, verb, answer));
        });
        return;
      }
    }
  }

  close(): void {
    this.#upstream.disconnect();
    this.#options.socket.disconnect(true);
  }

  #waitFor(verb: Verb, acknowledge: Acknowledge): void {
    const waiting = this.#waiting.get(verb);
    if (waiting === undefined) this.#waiting.set(verb, [acknowledge]);
    else waiting.push(acknowledge);
  }

  /** Requests of one verb are answered in order, as one client sends them and one server answers. */
  #answer(message: RelayedAnswer | RelayedRefusal): void {
    const acknowledge = this.#waiting.get(message.verb)?.shift();
    acknowledge?.(
      message.kind === 'answer'
        ? { ok: true, result: message.result }
        : { ok: false, error: message.error },
    );
  }
}

function passThrough(
  upstreamUrl: string,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): void {
  const upstream = httpRequest(
    new URL(request.url ?? '/', upstreamUrl),
    // With the host that the browser asked for: the content security policy is made from it.
    { method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  upstream.on('error', () => {
    response.writeHead(502).end();
  });
  request.pipe(upstream);
}

function portOf(http: HttpServer): number {
  const address: AddressInfo | string | null = http.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return address.port;
}
