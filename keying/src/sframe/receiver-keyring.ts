import { pinnedCopy } from '../bytes.ts';
import type { Outcome, Rejection } from '../errors.ts';
import type { FrameOpener } from '../frame-transform/frame-ports.ts';
import type { Secret } from '../secret.ts';
import { OpeningContext } from './frame-context.ts';
import { parseHeader } from './header.ts';
import type { ParsedFrameHeader } from './header.ts';
import { decodeKeyId, encodeKeyId, generationWindow, isSenderKeyId } from './key-id.ts';
import type { SenderKeyId } from './key-id.ts';
import { ratchetBaseKey } from './key-schedule.ts';
import { frameSuiteTable } from './suites.ts';
import type { FrameSuite } from './suites.ts';

/**
 * Generations kept per sender. One is in use; the others are those a sender has announced and
 * replaced again before it switched, as when people leave one after the other.
 */
export const generationsKept = 4;

/**
 * Authentic frames of a newer key after which an older one is wiped (RFC 9605 section 5.1: "should
 * be deleted promptly"). Far more than a jitter buffer reorders, 2.5 seconds of voice.
 */
export const framesUntilWipe = 128;

export interface ReceiverKeyringOptions {
  readonly suite: FrameSuite;
  /** See `frameMetadata`; names the sender whose keys these are. */
  readonly metadata: Uint8Array;
}

interface StepKey {
  readonly step: number;
  readonly context: OpeningContext;
}

interface Generation {
  readonly generation: number;
  /** Base key of `current.step`. */
  readonly baseKey: Uint8Array;
  readonly current: StepKey;
  /** The step before, for frames that come late. */
  readonly previous: StepKey | undefined;
}

/**
 * Keys of one remote sender. A frame's KID selects the key; no frame is tried under several. A
 * frame of a later ratchet step is tried under a key derived for it, which is kept only if the
 * frame proves authentic. A frame of an unknown generation is dropped: no buffer.
 */
export class ReceiverKeyring implements FrameOpener {
  readonly #options: ReceiverKeyringOptions;
  /** Oldest first. */
  #generations: Generation[] = [];

  constructor(options: ReceiverKeyringOptions) {
    this.#options = options;
  }

  /** Newest generation installed; undefined before the first. */
  get newestGeneration(): number | undefined {
    return this.#generations.at(-1)?.generation;
  }

  /**
   * Adds a generation, from its given step on. Copies the base key. Wipes those that its KID could be
   * taken for, and of more than `generationsKept` the oldest that is not in use.
   * @returns false, having changed nothing, for a generation not newer than all before, a key id
   * out of range, or a base key of another length than the suite's.
   */
  install(id: SenderKeyId, baseKey: Secret): boolean {
    const { suite } = this.#options;
    if (!isSenderKeyId(id) || baseKey.length !== frameSuiteTable[suite].hashBytes) return false;
    if (id.generation <= (this.newestGeneration ?? -1)) return false;
    const bytes = baseKey.use(pinnedCopy);
    this.#generations.push({
      generation: id.generation,
      baseKey: bytes,
      current: this.#stepKey(id, bytes),
      previous: undefined,
    });
    this.dropGenerationsBefore(id.generation - generationWindow + 1);
    this.#wipeSurplus();
    return true;
  }

  open(frame: Uint8Array): Outcome {
    const header = parseHeader(frame);
    if (header === undefined) return rejected('malformed');
    const id = decodeKeyId(header.kid);
    const index = this.#generations.findIndex(
      ({ generation }) => generation % generationWindow === id?.generation,
    );
    const generation = this.#generations[index];
    if (id === undefined || generation === undefined) return rejected('no-key');
    if (id.step > generation.current.step) return this.#openAhead({ frame, header, id, index });
    const { current, previous } = generation;
    const key = [current, previous].find((one) => one?.step === id.step);
    if (key === undefined) return rejected('no-key');
    const outcome = key.context.open(frame, header);
    if (outcome.ok && key === current) this.#wipeOld(index);
    return outcome;
  }

  /** Wipes generations older than `generation`. */
  dropGenerationsBefore(generation: number): void {
    while ((this.#generations[0]?.generation ?? generation) < generation) {
      wipeGeneration(this.#generations.shift());
    }
  }

  /** Afterwards every frame is refused with `no-key`. Idempotent. */
  wipe(): void {
    for (const generation of this.#generations) wipeGeneration(generation);
    this.#generations = [];
  }

  /** A later step than any opened so far. Works on copies: a forged frame changes nothing. */
  #openAhead({ frame, header, id, index }: AheadFrame): Outcome {
    const known = this.#generations[index];
    if (known === undefined) return rejected('no-key');
    let baseKey: Uint8Array = pinnedCopy(known.baseKey);
    for (let step = known.current.step; step < id.step; step++) {
      const next = ratchetBaseKey(this.#options.suite, baseKey);
      baseKey.fill(0);
      baseKey = next;
    }
    const ahead = this.#stepKey(id, baseKey);
    const outcome = ahead.context.open(frame, header);
    if (!outcome.ok) {
      baseKey.fill(0);
      ahead.context.wipe();
      return outcome;
    }
    known.baseKey.fill(0);
    known.previous?.context.wipe();
    this.#generations[index] = {
      generation: known.generation,
      baseKey,
      current: ahead,
      previous: known.current,
    };
    return outcome;
  }

  /** A sender may announce and replace many keys before it switches from the one in use. */
  #wipeSurplus(): void {
    while (this.#generations.length > generationsKept) {
      const inUse = this.#generations.findLastIndex(isUsed);
      wipeGeneration(this.#generations.splice(inUse === 0 ? 1 : 0, 1)[0]);
    }
  }

  #wipeOld(index: number): void {
    const generation = this.#generations[index];
    if (generation?.current.context.framesOpened !== framesUntilWipe) return;
    generation.previous?.context.wipe();
    this.#generations[index] = { ...generation, previous: undefined };
    this.dropGenerationsBefore(generation.generation);
  }

  #stepKey(id: SenderKeyId, baseKey: Uint8Array): StepKey {
    const { suite, metadata } = this.#options;
    const kid = encodeKeyId(id);
    return { step: id.step, context: new OpeningContext({ suite, metadata, baseKey, kid }) };
  }
}

interface AheadFrame {
  readonly frame: Uint8Array;
  readonly header: ParsedFrameHeader;
  readonly id: SenderKeyId;
  readonly index: number;
}

/** Whether a frame has opened under it. */
function isUsed({ current, previous }: Generation): boolean {
  return current.context.framesOpened > 0 || previous !== undefined;
}

function wipeGeneration(generation: Generation | undefined): void {
  generation?.baseKey.fill(0);
  generation?.current.context.wipe();
  generation?.previous?.context.wipe();
}

function rejected(reason: Rejection): Outcome {
  return { ok: false, reason };
}
