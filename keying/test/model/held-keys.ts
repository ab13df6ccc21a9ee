/**
 * Every base key that somebody ever held of somebody else, whatever became of it since: what a member
 * who keeps everything could try on recorded frames.
 */
import { vi } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { ratchetBaseKey } from '../../src/sframe/key-schedule.ts';
import {
  decodeKeyId,
  defaultFrameSuite,
  frameSuiteTable,
  lastRatchetStep,
  OpeningContext,
  parseHeader,
} from '../../src/sframe/index.ts';

/** Base keys by holder and sender, each with all that follows from it by the ratchet. */
export class HeldKeys {
  readonly #held = new Map<string, Uint8Array[][]>();
  readonly #restore: () => void;
  #taker: string | undefined;

  constructor() {
    const take = Secret.take.bind(Secret);
    const spy = vi.spyOn(Secret, 'take').mockImplementation((bytes) => {
      this.#note(bytes);
      return take(bytes);
    });
    this.#restore = () => {
      spy.mockRestore();
    };
  }

  /** Whatever secret is taken during `run` has come to `holder` from `sender`. */
  during(holder: string, sender: string, run: () => void): void {
    this.#taker = lineOf(holder, sender);
    run();
    this.#taker = undefined;
  }

  /** Whether some key of `sender` that `holder` ever had opens the frame. */
  opens(
    { holder, sender }: { readonly holder: string; readonly sender: string },
    { bytes, metadata }: { readonly bytes: Uint8Array; readonly metadata: Uint8Array },
  ): boolean {
    const header = parseHeader(bytes);
    const step = header === undefined ? undefined : decodeKeyId(header.kid)?.step;
    if (header === undefined || step === undefined) return false;
    const suite = defaultFrameSuite;
    return (this.#held.get(lineOf(holder, sender)) ?? []).some((chain) =>
      chain.slice(0, step + 1).some((baseKey) => {
        const context = new OpeningContext({ suite, kid: header.kid, baseKey, metadata });
        return context.open(bytes, header).ok;
      }),
    );
  }

  stop(): void {
    this.#restore();
  }

  #note(bytes: Uint8Array): void {
    const suite = defaultFrameSuite;
    if (this.#taker === undefined || bytes.length !== frameSuiteTable[suite].hashBytes) return;
    const chain: Uint8Array[] = [bytes.slice()];
    for (let step = 0; step < lastRatchetStep; step++) {
      chain.push(ratchetBaseKey(suite, chain[step] ?? bytes));
    }
    const line = this.#held.get(this.#taker) ?? [];
    line.push(chain);
    this.#held.set(this.#taker, line);
  }
}

function lineOf(holder: string, sender: string): string {
  return `${holder} of ${sender}`;
}
