/**
 * Key bytes as a type of their own: they do not show up in strings, JSON or console output, and
 * their owner wipes them.
 */
import { pinnedCopy } from './bytes.ts';

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

export class Secret {
  #bytes: Uint8Array;
  #isWiped = false;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Moves `bytes`: they are wiped where they were. */
  static take(bytes: Uint8Array): Secret {
    const secret = new Secret(pinnedCopy(bytes));
    bytes.fill(0);
    return secret;
  }

  /** Copies `bytes`; the caller still owns (and wipes) the original. */
  static copy(bytes: Uint8Array): Secret {
    return new Secret(pinnedCopy(bytes));
  }

  /** Length in bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  get isWiped(): boolean {
    return this.#isWiped;
  }

  /**
   * Lends the bytes to `use`, which must not keep a reference past its return.
   * @throws TypeError after `wipe()`.
   */
  use<T>(use: (bytes: Uint8Array) => T): T {
    if (this.#isWiped) throw new TypeError('secret was wiped');
    return use(this.#bytes);
  }

  /** Overwrites the bytes with zeros. Idempotent. */
  wipe(): void {
    this.#isWiped = true;
    this.#bytes.fill(0);
  }

  toString(): string {
    return `[secret ${this.#bytes.length} bytes]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspectSymbol](): string {
    return this.toString();
  }
}
