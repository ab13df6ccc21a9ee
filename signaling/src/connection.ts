/** One socket: the only file that sees one. Frames in, answers and events out. */
import { protocolVersion, ProtocolError, type EventFrame } from '@earshot/protocol';
import type { Socket } from 'socket.io';
import type { Caller, Services } from './caller.ts';
import { dispatch, isVerb } from './dispatch.ts';
import type { Log } from './log.ts';
import type { Session } from './session.ts';

/** How long a socket may stay without a session, in milliseconds. */
const helloTimeoutMs = 15_000;

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly address: string;
  readonly services: Services;
  readonly log: Log;
  readonly isLab: boolean;
}

type Acknowledge = (answer: unknown) => void;

export class Connection implements Caller {
  readonly services: Services;
  readonly address: string;
  session: Session | undefined;
  readonly #socket: Socket;
  readonly #log: Log;
  #afterAnswer: (() => void)[] = [];

  readonly link = {
    deliver: (frame: EventFrame): void => {
      this.#socket.emit('event', frame);
    },
    close: (): void => {
      this.session = undefined;
      this.#socket.disconnect(true);
    },
  };

  constructor({ socket, address, services, log, isLab }: ConnectionOptions) {
    this.services = services;
    this.address = address;
    this.#socket = socket;
    this.#log = log;
    const helloTimer = setTimeout(() => {
      if (this.session === undefined) this.link.close();
    }, helloTimeoutMs);
    socket.onAny((name: unknown, ...args: unknown[]) => {
      void this.#receive(name, args);
    });
    socket.on('disconnect', () => {
      clearTimeout(helloTimer);
      const { session } = this;
      this.session = undefined;
      if (session !== undefined) services.sessions.detach(session, this.link);
    });
    socket.emit('welcome', { protocol: [protocolVersion], isLab });
  }

  afterAnswer(action: () => void): void {
    this.#afterAnswer.push(action);
  }

  async #receive(name: unknown, args: readonly unknown[]): Promise<void> {
    const acknowledge = args.at(-1);
    if (!isAcknowledge(acknowledge)) {
      // Nowhere to answer to.
      this.services.metrics.unknownEvents.inc();
      return;
    }
    if (!isVerb(name) || args.length !== 2) {
      this.services.metrics.unknownEvents.inc();
      acknowledge({ ok: false, error: new ProtocolError('bad-message', 'not a request').toWire() });
      return;
    }
    const answer = await dispatch(name, args[0], { caller: this, log: this.#log });
    acknowledge(answer);
    const actions = this.#afterAnswer;
    this.#afterAnswer = [];
    if (this.#socket.connected) for (const action of actions) action();
  }
}

function isAcknowledge(value: unknown): value is Acknowledge {
  return typeof value === 'function';
}
