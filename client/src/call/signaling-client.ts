/**
 * One session with the signaling server, over as many sockets as it takes. The only file that knows
 * socket.io. The resume token stays in this object's memory.
 */
import '../platform/zod-without-eval.ts';
import {
  parse,
  parseAnswer,
  parseEvent,
  ProtocolError,
  protocolVersion,
  welcome as welcomeSchema,
  type RequestInput,
  type RequestResult,
  type ServerEvent,
  type Verb,
} from '@earshot/protocol';
import { io, type Socket } from 'socket.io-client';
import { CallError } from './call-api.ts';
import { endReasonOf } from './end-reason-of.ts';
import { ReconnectTries } from './reconnect-tries.ts';

/** How long the first connection may take. */
const openTimeoutMs = 15_000;
/** How long one socket may take to open before the next try. */
const connectTimeoutMs = 5000;
/** A server that does not answer within this time is taken for gone, and the socket for dropped. */
const answerTimeoutMs = 10_000;
/** How long `close` waits for the server to hear the farewell. */
const farewellMs = 500;

export interface SignalingOptions {
  /** For example `https://calls.example.org`. */
  readonly origin: string;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onLink: (link: 'up' | 'down') => void;
  /** The session is over and cannot be resumed. Called at most once, never after `close`. */
  readonly onLost: (error: CallError) => void;
}

interface PendingRequest {
  readonly verb: Verb;
  readonly input: unknown;
  readonly accept: (answer: unknown) => void;
  readonly refuse: (error: Error) => void;
}

interface SessionCredentials {
  readonly sessionId: RequestResult<'hello'>['sessionId'];
  readonly token: RequestResult<'hello'>['resumeToken'];
  readonly leaseMs: number;
}

export class SignalingClient {
  readonly #options: SignalingOptions;
  readonly #socket: Socket;
  readonly #tries: ReconnectTries;
  readonly #pending = new Map<string, PendingRequest>();
  readonly #opened: PromiseWithResolvers<void> = Promise.withResolvers();
  #phase: 'opening' | 'up' | 'down' | 'closed' = 'opening';
  #session: SessionCredentials | undefined;
  #isLab = false;
  #isDraining = false;
  #lastEvent = 0;
  #nextRequest = 0;

  /** Resolves when the session is open; rejects with CallError `server-unreachable` or the refusal's reason. */
  static async open(options: SignalingOptions): Promise<SignalingClient> {
    const client = new SignalingClient(options);
    await client.#opened.promise;
    return client;
  }

  private constructor(options: SignalingOptions) {
    this.#options = options;
    this.#socket = io(options.origin, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      // Retries are ours: they end with the session's lease and resume what was in flight.
      reconnection: false,
      autoConnect: false,
      forceNew: true,
      timeout: connectTimeoutMs,
    });
    this.#socket.on('welcome', (value: unknown) => {
      void this.#greet(value);
    });
    this.#socket.on('event', (value: unknown) => {
      this.#receive(value);
    });
    this.#socket.on('disconnect', () => {
      this.#drop();
    });
    this.#socket.on('connect_error', () => {
      this.#drop();
    });
    this.#tries = new ReconnectTries({
      connect: () => {
        this.#socket.connect();
      },
      onOver: () => {
        this.#lose(
          this.#phase === 'opening'
            ? new CallError('server-unreachable', 'the server does not answer')
            : new CallError('session-lost', 'the server did not come back in time'),
        );
      },
    });
    this.#tries.begin(openTimeoutMs);
  }

  /** The server runs the interception lab. */
  get isLab(): boolean {
    return this.#isLab;
  }

  /**
   * Sends one request. If the socket drops meanwhile, it is repeated under the same id after the
   * resumption, and the server gives the same answer.
   * @throws ProtocolError the server's refusal
   * @throws CallError when the session ends first
   */
  async request<V extends Verb>(verb: V, input: RequestInput<V>): Promise<RequestResult<V>> {
    if (this.#phase === 'closed') throw new CallError('session-lost', 'the session is closed');
    const id = `r${String(this.#nextRequest++)}`;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { verb, input, accept: resolve, refuse: reject });
    if (this.#phase === 'up') this.#emit(id);
    const answer = parseAnswer(verb, await promise);
    if (answer.ok) return answer.result;
    throw new ProtocolError(answer.error.code);
  }

  /** The network or the page came back: try now instead of at the end of the delay. */
  retryNow(): void {
    if (this.#phase === 'down') this.#tries.hurry();
  }

  /** The browser says that the network is gone: do not wait for the socket's timeout. */
  suspectDrop(): void {
    if (this.#phase === 'up') this.#socket.disconnect();
  }

  /** Leaves the call and ends the session. Idempotent; nothing is called back afterwards. */
  close(): void {
    if (this.#phase === 'closed') return;
    const canSay = this.#phase === 'up';
    this.#stop(new CallError('hung-up', 'the session is closed'));
    if (!canSay) {
      this.#socket.disconnect();
      return;
    }
    const id = `r${String(this.#nextRequest++)}`;
    const disconnect = (): void => {
      this.#socket.disconnect();
    };
    const timer = setTimeout(disconnect, farewellMs);
    this.#socket.emit('bye', { id, input: {} }, () => {
      clearTimeout(timer);
      disconnect();
    });
  }

  async #greet(value: unknown): Promise<void> {
    try {
      const { protocol, isLab } = parse(welcomeSchema, value, 'welcome');
      if (!protocol.includes(protocolVersion)) throw new ProtocolError('unsupported-version');
      this.#isLab = isLab;
      await this.#sayHello();
    } catch (error) {
      this.#lose(
        error instanceof ProtocolError && error.code === 'session-expired'
          ? new CallError('session-forgotten', 'the server knows the session no more', {
              cause: error,
            })
          : new CallError(endReasonOf(error), 'the server refused the session', { cause: error }),
      );
    }
  }

  async #sayHello(): Promise<void> {
    const previous = this.#session;
    const input: RequestInput<'hello'> = {
      protocol: protocolVersion,
      ...(previous !== undefined && {
        resume: {
          sessionId: previous.sessionId,
          token: previous.token,
          lastEvent: this.#lastEvent,
        },
      }),
    };
    const reply = await this.#exchange('hello', input);
    if (reply === undefined) return;
    const answer = parseAnswer('hello', reply);
    if (!answer.ok) throw new ProtocolError(answer.error.code);
    const { sessionId, resumeToken, leaseMs, isResumed } = answer.result;
    if (previous !== undefined && !isResumed) throw new ProtocolError('session-expired');
    this.#session = { sessionId, token: resumeToken, leaseMs };
    this.#phase = 'up';
    for (const id of this.#pending.keys()) this.#emit(id);
    this.#opened.resolve();
    this.#options.onLink('up');
  }

  /** `hello` goes with the socket: it is never repeated on another one. Undefined if the socket dropped. */
  async #exchange(verb: Verb, input: unknown): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const id = `r${String(this.#nextRequest++)}`;
    this.#socket
      .timeout(answerTimeoutMs)
      .emit(verb, { id, input }, (error: unknown, answer: unknown) => {
        if (error !== null) this.#socket.disconnect();
        resolve(error === null ? answer : undefined);
      });
    return promise;
  }

  #emit(id: string): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    const { verb, input } = pending;
    const socketId = this.#socket.id;
    this.#socket
      .timeout(answerTimeoutMs)
      .emit(verb, { id, input }, (error: unknown, answer: unknown) => {
        if (error === null) {
          this.#pending.delete(id);
          pending.accept(answer);
          return;
        }
        // Unanswered. If the socket has not dropped since, the server hangs: drop it and resume.
        if (this.#phase === 'up' && this.#socket.id === socketId) this.#socket.disconnect();
      });
  }

  #receive(value: unknown): void {
    if (this.#phase === 'closed') return;
    let event: ServerEvent;
    try {
      event = parseEvent(value);
    } catch (cause) {
      this.#lose(new CallError('internal', 'the server sent a bad event', { cause }));
      return;
    }
    // A resumed server repeats from what it knows to have been received; a gap cannot be repaired.
    if (event.seq <= this.#lastEvent) return;
    if (event.seq !== this.#lastEvent + 1) {
      this.#lose(new CallError('session-lost', 'events were lost'));
      return;
    }
    this.#lastEvent = event.seq;
    if (event.name === 'draining') this.#isDraining = true;
    if (event.name === 'sessionReplaced') {
      this.#lose(new CallError('session-replaced', 'the session goes on elsewhere'));
      return;
    }
    this.#options.onEvent(event);
  }

  #drop(): void {
    switch (this.#phase) {
      case 'closed':
        return;
      case 'opening':
      case 'down':
        this.#tries.failed();
        return;
      case 'up':
        if (this.#isDraining) {
          this.#lose(new CallError('server-stopped', 'the server stopped'));
          return;
        }
        this.#phase = 'down';
        this.#tries.begin(this.#session?.leaseMs ?? 0);
        this.#options.onLink('down');
    }
  }

  #lose(error: CallError): void {
    if (this.#phase === 'closed') return;
    const wasOpening = this.#phase === 'opening';
    this.#stop(error);
    this.#socket.disconnect();
    if (wasOpening) this.#opened.reject(error);
    else this.#options.onLost(error);
  }

  #stop(error: CallError): void {
    this.#phase = 'closed';
    this.#tries.stop();
    for (const { refuse } of this.#pending.values()) refuse(error);
    this.#pending.clear();
  }
}
