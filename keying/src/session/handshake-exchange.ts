/**
 * A handshake over a relay that may lose, repeat or reorder. One flight is under way at a time, so it
 * is enough that the initiator repeats its own by time, and the responder by repetition: a flight that
 * it has taken already tells it that its answer was lost. What is repeated is the same bytes; nothing
 * is computed twice, and the handshake itself sees each flight once.
 */
import type { Handshake, HandshakeStep } from '../handshake/index.ts';
import { Repeater } from './repeater.ts';
import type { Scheduler } from './session-ports.ts';

/** More than a round trip and the arithmetic of both sides on a slow machine. */
export const flightRepeatMs = { first: 1000, max: 4000 } as const;

export interface HandshakeExchangeOptions {
  readonly handshake: Handshake;
  /** The initiator's; undefined for the responder. */
  readonly firstFlight: Uint8Array | undefined;
  readonly scheduler: Scheduler;
  readonly send: (flight: Uint8Array) => void;
}

export class HandshakeExchange {
  readonly #options: HandshakeExchangeOptions;
  readonly #repeater: Repeater;
  /** As they came, oldest first: two at most, since a handshake takes no more. */
  readonly #taken: Uint8Array[] = [];
  #lastSent: Uint8Array | undefined;

  constructor(options: HandshakeExchangeOptions) {
    this.#options = options;
    this.#repeater = new Repeater({
      scheduler: options.scheduler,
      firstIntervalMs: flightRepeatMs.first,
      maxIntervalMs: flightRepeatMs.max,
    });
  }

  start(): void {
    const { firstFlight } = this.#options;
    if (firstFlight !== undefined) this.#send(firstFlight);
  }

  /** Sends the own flight again if it is still repeated, and from then on as from the beginning. */
  retry(): void {
    if (this.#repeater.isRunning && this.#lastSent !== undefined) this.#send(this.#lastSent);
  }

  /** Whether the flight has been taken before. If it is the newest of the initiator's, answers it again. */
  repeats(flight: Uint8Array): boolean {
    const index = this.#taken.findIndex((taken) => areEqual(taken, flight));
    if (index === -1) return false;
    const isNewest = index === this.#taken.length - 1;
    if (isNewest && !this.#isInitiator && this.#lastSent !== undefined) {
      this.#options.send(this.#lastSent);
    }
    return true;
  }

  /**
   * Takes a flight that is no repetition and sends what the handshake answers.
   * @throws KeyingError as the handshake; nothing is repeated any more.
   */
  async take(flight: Uint8Array): Promise<HandshakeStep> {
    this.#taken.push(flight.slice());
    this.#repeater.stop();
    return this.#options.handshake.receive(flight);
  }

  /** Sends a step's flight. */
  answer(flight: Uint8Array): void {
    this.#send(flight);
  }

  /** Wipes what is left of the handshake and repeats nothing more. Idempotent. */
  close(): void {
    this.#repeater.stop();
    this.#taken.length = 0;
    this.#lastSent = undefined;
    this.#options.handshake.close();
  }

  get #isInitiator(): boolean {
    return this.#options.firstFlight !== undefined;
  }

  #send(flight: Uint8Array): void {
    this.#lastSent = flight;
    if (this.#isInitiator) this.#repeater.start(() => this.#options.send(flight));
    else this.#options.send(flight);
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
