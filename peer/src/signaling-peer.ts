/** A client of the signaling server without a browser: one session on one socket, no resumption. */
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
  type Welcome,
} from '@earshot/protocol';
import { io, type Socket } from 'socket.io-client';

export interface SignalingPeerOptions {
  /** For example `http://localhost:3000`. */
  readonly serverUrl: string;
  /** In the order sent, none left out. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** Default a minute. For the connection, and for each answer. */
  readonly timeoutMs?: number;
}

export class SignalingPeer {
  readonly welcome: Welcome;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #nextRequest = 0;

  private constructor(socket: Socket, welcome: Welcome, timeoutMs: number) {
    this.#socket = socket;
    this.welcome = welcome;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Connects and says hello.
   * @throws ProtocolError the server's refusal, or `bad-message` for a server of another kind
   * @throws Error when the server cannot be reached in time
   */
  static async open(options: SignalingPeerOptions): Promise<SignalingPeer> {
    const timeoutMs = options.timeoutMs ?? 60_000;
    const socket = io(options.serverUrl, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: timeoutMs,
    });
    try {
      const greeting = parse(welcomeSchema, await firstOf(socket, timeoutMs), 'welcome');
      socket.on('event', (value: unknown) => options.onEvent?.(parseEvent(value)));
      const peer = new SignalingPeer(socket, greeting, timeoutMs);
      await peer.request('hello', { protocol: protocolVersion });
      return peer;
    } catch (error) {
      socket.disconnect();
      throw error;
    }
  }

  /**
   * @throws ProtocolError the server's refusal
   * @throws Error when no answer comes in time
   */
  async request<V extends Verb>(verb: V, input: RequestInput<V>): Promise<RequestResult<V>> {
    const id = `p${this.#nextRequest++}`;
    const reply: unknown = await this.#socket
      .timeout(this.#timeoutMs)
      .emitWithAck(verb, { id, input });
    const answer = parseAnswer(verb, reply);
    if (!answer.ok) throw new ProtocolError(answer.error.code);
    return answer.result;
  }

  /** Drops the socket without a word, as a lost network does. Idempotent. */
  close(): void {
    this.#socket.disconnect();
  }
}

/** The greeting that the server sends by itself. */
function firstOf(socket: Socket, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the server did not greet in time'));
    }, timeoutMs);
    socket.once('welcome', (value: unknown) => {
      clearTimeout(timer);
      resolve(value);
    });
    socket.once('connect_error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
