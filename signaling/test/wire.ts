/** A real server on a free port and real clients, for tests. */
import {
  parseEvent,
  type Answer,
  type Participant,
  type RequestResult,
  type ServerEvent,
  type Verb,
} from '@earshot/protocol';
import type { MediaServer } from '@earshot/sfu/api';
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { readConfig } from '../src/config.ts';
import { createLog, type Log } from '../src/log.ts';
import { createServer, defaultTimes, type EarshotServer, type ServerTimes } from '../src/server.ts';

/** Ends a test that hangs: no bound on how long a busy machine may take. */
export const hangsAfterMs = 60_000;

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly media?: MediaServer;
  readonly times?: Partial<ServerTimes>;
  readonly clientDir?: string;
  readonly log?: Log;
}

/** Everything on free ports, no media workers unless `media` is given. */
export async function startServer(options: StartOptions = {}): Promise<EarshotServer> {
  const { env = {}, media, times = {}, clientDir, log = createLog('silent') } = options;
  return createServer({
    config: readConfig({ PORT: '0', METRICS_PORT: '0', EARSHOT_DRAIN_MS: '2000', ...env }),
    log,
    media,
    times: { ...defaultTimes, ...times },
    ...(clientDir === undefined ? {} : { clientDir }),
  });
}

export interface ClientOptions {
  readonly origin?: string;
  readonly transports?: ('websocket' | 'polling')[];
}

/** One socket. Says `hello` when told to. */
export class Client {
  readonly socket: Socket;
  readonly events: ServerEvent[] = [];
  /** Why the socket was refused or closed. */
  failure: string | undefined;
  /** Unique within a session, also one that another socket began. */
  readonly #idPrefix = randomUUID().slice(0, 8);
  #nextId = 0;

  constructor(url: string, { origin, transports = ['websocket'] }: ClientOptions = {}) {
    this.socket = io(url, {
      transports,
      forceNew: true,
      reconnection: false,
      ...(origin === undefined ? {} : { extraHeaders: { origin } }),
    });
    this.socket.on('connect_error', ({ message }) => (this.failure = message));
    this.socket.on('disconnect', (reason) => (this.failure = reason));
    this.socket.on('event', (frame: unknown) => {
      this.events.push(parseEvent(frame));
    });
  }

  /** Sends a request with a fresh id, or the one given. */
  async ask<V extends Verb>(
    verb: V,
    input: unknown,
    id = `${this.#idPrefix}-${this.#nextId++}`,
  ): Promise<Answer<V>> {
    return this.askRaw(verb, { id, input });
  }

  async askRaw<V extends Verb>(verb: V, frame: unknown): Promise<Answer<V>> {
    return (await this.socket.timeout(hangsAfterMs).emitWithAck(verb, frame)) as Answer<V>;
  }

  /** The result of a request that must succeed. */
  async get<V extends Verb>(verb: V, input: unknown, id?: string) {
    const answer = await this.ask(verb, input, id);
    if (!answer.ok) throw new Error(`${verb}: ${answer.error.code}`);
    return answer.result;
  }

  /** The code of a request that must be refused. */
  async code(verb: Verb, input: unknown, id?: string): Promise<string> {
    const answer = await this.ask(verb, input, id);
    return answer.ok ? 'ok' : answer.error.code;
  }

  /** The first event of that name, now or later. */
  async event<E extends ServerEvent['name']>(
    name: E,
    matches: (event: Extract<ServerEvent, { name: E }>) => boolean = () => true,
  ): Promise<Extract<ServerEvent, { name: E }>> {
    const isWanted = (event: ServerEvent): event is Extract<ServerEvent, { name: E }> =>
      event.name === name && matches(event as Extract<ServerEvent, { name: E }>);
    return eventually(() => this.events.find(isWanted), `event ${name}`);
  }

  /** Drops the transport without a word, as a lost network does. */
  drop(): void {
    this.socket.io.engine.close();
  }

  async closed(): Promise<void> {
    await eventually(() => this.failure, 'socket closed');
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** The clients of one test: closed together, whatever came of them. */
export class Clients {
  readonly #url: () => string;
  readonly #all: Client[] = [];

  /** @param url asked anew for each client: a test may start another server. */
  constructor(url: () => string) {
    this.#url = url;
  }

  connect(): Client {
    const client = new Client(this.#url());
    this.#all.push(client);
    return client;
  }

  /** Connected, with a session. */
  async hello(): Promise<Client> {
    const client = this.connect();
    await client.get('hello', { protocol: 1 });
    return client;
  }

  /** See `placeCall`. */
  async placeCall(mode = 'dtls') {
    const placed = await placeCall(this.#url(), { mode, keepOpen: true });
    this.#all.push(...placed.members.map(({ client }) => client));
    return placed;
  }

  close(): void {
    for (const client of this.#all.splice(0)) client.close();
  }
}

/** Polls visible state until there is a value. */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
): Promise<T> {
  const end = Date.now() + hangsAfterMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface PlacedMember {
  readonly client: Client;
  readonly self: Participant;
  /** What `hello` answered. */
  readonly session: RequestResult<'hello'>;
}

export interface PlaceCallOptions {
  readonly mode?: string;
  readonly keepOpen?: boolean;
}

/** Alice and Bob in a new direct call, one offer relayed. The proof that a server still serves. */
export async function placeCall(url: string, options: PlaceCallOptions = {}) {
  const { mode = 'dtls', keepOpen = false } = options;
  const kind = { mode, topology: 'direct' };
  const join = async (name: string, callId: string | undefined) => {
    const client = new Client(url);
    const session = await client.get('hello', { protocol: 1 });
    const call = callId ?? (await client.get('createCall', kind)).callId;
    const joined = await client.get('join', { callId: call, ...kind, name, isMuted: false });
    return { call, member: { client, self: joined.self, session } satisfies PlacedMember };
  };
  const { call, member: alice } = await join('Alice', undefined);
  const { member: bob } = await join('Bob', call);
  await alice.client.get('setMuted', { isMuted: false });
  await bob.client.event('participantUpdated');
  const members: [PlacedMember, PlacedMember] = [alice, bob];
  if (!keepOpen) for (const { client } of members) client.close();
  return { call: { callId: call, ...kind }, members };
}
