/**
 * Addresses on a TURN server (RFC 8656) for endpoints that speak no TURN themselves: what is sent to a line's
 * address reaches its target, who sends to the other's line in turn.
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint } from '../udp-relay.ts';
import {
  attributeTypes,
  messageTypes,
  readStun,
  readXorAddress,
  valueOf,
  writeStun,
  writeXorAddress,
  type LongTermCredential,
  type StunAttribute,
  type StunMessage,
} from './stun-message.ts';

export interface TurnLogin {
  readonly server: Endpoint;
  readonly username: string;
  readonly credential: string;
}

export interface TurnLinesOptions {
  readonly login: TurnLogin;
  /** Allocated in advance, so that `lineTo` needs no waiting. */
  readonly lines: number;
}

export interface TurnLines {
  /** The server's address from which everything reaches `target`. The same for the same target. */
  lineTo(target: Endpoint): Endpoint;
  /** Gives the addresses back. Idempotent. */
  close(): void;
}

/** From loopback to loopback: nothing is lost, and one request is enough. */
const answerTimeoutMs = 30_000;
const loopback = '127.0.0.1';
/** IANA's number of UDP, in the first of four bytes (RFC 8656 section 18.7). */
const udpTransport = Buffer.from([17, 0, 0, 0]);
const noLifetime = Buffer.alloc(4);

/** @throws Error when the server refuses, or does not answer in time */
export async function openTurnLines({ login, lines }: TurnLinesOptions): Promise<TurnLines> {
  const allocations: Allocation[] = [];
  const close = (): void => {
    for (const allocation of allocations) allocation.close();
  };
  try {
    for (let i = 0; i < lines; i++) allocations.push(await Allocation.open(login));
  } catch (error) {
    close();
    throw error;
  }
  const free = [...allocations];
  const taken = new Map<string, Endpoint>();
  return {
    lineTo: (target) => {
      const key = `${target.address}:${target.port}`;
      const known = taken.get(key);
      if (known !== undefined) return known;
      const allocation = free.shift();
      if (allocation === undefined) throw new RangeError('more targets than lines');
      allocation.forwardTo(target);
      taken.set(key, allocation.relayed);
      return allocation.relayed;
    },
    close,
  };
}

/** One address of the server's, and the socket that gets what arrives there. */
class Allocation {
  /** Where others send. */
  readonly relayed: Endpoint;
  readonly #exchange: Exchange;

  private constructor(exchange: Exchange, relayed: Endpoint) {
    this.#exchange = exchange;
    this.relayed = relayed;
  }

  static async open(login: TurnLogin): Promise<Allocation> {
    const exchange = await Exchange.open(login);
    try {
      const transport = { type: attributeTypes.requestedTransport, value: udpTransport };
      // RFC 8656 section 5: who does not know realm and nonce yet is refused, and told.
      exchange.adopt(await exchange.ask(messageTypes.allocate, [transport]));
      const allocated = await exchange.ask(messageTypes.allocate, [transport]);
      const bytes = valueOf(allocated, attributeTypes.xorRelayedAddress);
      const relayed = bytes === undefined ? undefined : readXorAddress(bytes);
      if (allocated.type !== messageTypes.allocated || relayed === undefined) {
        throw new Error('the TURN server gave no address');
      }
      const peer = writeXorAddress({ address: loopback, port: 0 });
      const permitted = await exchange.ask(messageTypes.createPermission, [
        { type: attributeTypes.xorPeerAddress, value: peer },
      ]);
      if (permitted.type !== messageTypes.permissionCreated) {
        throw new Error('the TURN server lets nobody send');
      }
      return new Allocation(exchange, relayed);
    } catch (error) {
      exchange.close([]);
      throw error;
    }
  }

  forwardTo(target: Endpoint): void {
    this.#exchange.forwardTo(target);
  }

  /** Idempotent. */
  close(): void {
    this.#exchange.close([{ type: attributeTypes.lifetime, value: noLifetime }]);
  }
}

/** Requests to the server and their answers, and the data that it passes on. */
class Exchange {
  readonly #socket: Socket;
  readonly #login: TurnLogin;
  readonly #waiting = new Map<string, (answer: StunMessage) => void>();
  #credential: LongTermCredential | undefined;
  #nonce: Uint8Array | undefined;
  #isClosed = false;

  private constructor(socket: Socket, login: TurnLogin) {
    this.#socket = socket;
    this.#login = login;
    // A closed port at the other end: the packets are lost, as on any network.
    socket.on('error', () => undefined);
  }

  static async open(login: TurnLogin): Promise<Exchange> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, loopback, resolve));
    const exchange = new Exchange(socket, login);
    socket.on('message', (bytes) => {
      const message = readStun(bytes);
      if (message === undefined) return;
      exchange.#waiting.get(Buffer.from(message.transactionId).toString('hex'))?.(message);
    });
    return exchange;
  }

  /** What a refusal says that the next request needs. @throws Error for an answer of another kind */
  adopt(refusal: StunMessage): void {
    const realm = valueOf(refusal, attributeTypes.realm);
    const nonce = valueOf(refusal, attributeTypes.nonce);
    if (refusal.type !== messageTypes.allocateRefused || realm === undefined || nonce === undefined)
      throw new Error('the TURN server asked for no login');
    const { username, credential } = this.#login;
    this.#nonce = nonce;
    this.#credential = { username, password: credential, realm: Buffer.from(realm).toString() };
  }

  async ask(type: number, attributes: readonly StunAttribute[]): Promise<StunMessage> {
    const answered = Promise.withResolvers<StunMessage>();
    const timer = setTimeout(() => {
      answered.reject(new Error('the TURN server does not answer'));
    }, answerTimeoutMs);
    const transactionId = randomBytes(12);
    const id = transactionId.toString('hex');
    this.#waiting.set(id, answered.resolve);
    this.#send({ type, transactionId, attributes });
    try {
      return await answered.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  forwardTo(target: Endpoint): void {
    this.#socket.on('message', (bytes) => {
      const message = readStun(bytes);
      if (message?.type !== messageTypes.dataIndication) return;
      const data = valueOf(message, attributeTypes.data);
      if (data !== undefined) this.#socket.send(data, target.port, target.address);
    });
  }

  /** With a last request, whose answer nobody waits for. Idempotent. */
  close(attributes: readonly StunAttribute[]): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const transactionId = randomBytes(12);
    this.#send({ type: messageTypes.refresh, transactionId, attributes }, () => {
      this.#socket.close();
    });
  }

  #send(message: StunMessage, sent?: () => void): void {
    const attributes = [...message.attributes, ...this.#loginAttributes()];
    const { address, port } = this.#login.server;
    this.#socket.send(writeStun({ ...message, attributes }, this.#credential), port, address, sent);
  }

  #loginAttributes(): StunAttribute[] {
    if (this.#credential === undefined || this.#nonce === undefined) return [];
    const { username, realm } = this.#credential;
    return [
      { type: attributeTypes.username, value: Buffer.from(username) },
      { type: attributeTypes.realm, value: Buffer.from(realm) },
      { type: attributeTypes.nonce, value: this.#nonce },
    ];
  }
}
