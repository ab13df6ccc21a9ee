/**
 * Places short calls with oneself, under throwaway keys: handshake, sender keys, frames both ways. The
 * first runs of this arithmetic are many times slower than later ones, because the engine compiles it
 * meanwhile: better while somebody types their name than between joining and hearing.
 */
import {
  createOpenTransform,
  createSealTransform,
  type EncodedFrame,
} from '@earshot/keying/frame-transform';
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, type E2eeSession, type Identity } from '@earshot/keying/session';
import { randomBytes, timers } from './surroundings.ts';

const callId = 'warm-up';
const ids = ['first', 'second'] as const;
const linkSecretBytes = 32;
const timeoutMs = 10_000;
/** From the fourth on a handshake takes as long as it ever will. */
const rounds = 4;
/** Each way and round; of the size that speech usually has. */
const framesPerRound = 60;
const frameBytes = 80;
/** In one task; a call that starts meanwhile waits for no more. */
const framesPerTask = 5;

/** @param isNeeded false once a call starts: what is under way ends soon. */
export async function warmUp(identity: Identity, isNeeded: () => boolean): Promise<void> {
  for (let round = 0; round < rounds && isNeeded(); round++) {
    const call = new CallWithOneself(identity);
    await call.agree();
    for (let sent = 0; sent < framesPerRound && isNeeded(); sent += framesPerTask) {
      call.speak(framesPerTask);
      await nextTask();
    }
    call.close();
  }
}

class CallWithOneself {
  readonly #sessions = new Map<string, E2eeSession>();
  /** Who was given the other's sender key. */
  readonly #given = new Set<string>();
  readonly #agreed = Promise.withResolvers<undefined>();

  constructor(identity: Identity) {
    const secret = randomBytes(linkSecretBytes);
    for (const [selfOrder, selfId] of ids.entries()) {
      const session = createE2eeSession({
        ...{ callId, selfId, selfOrder, identity, scheduler: timers, random: randomBytes },
        linkSecret: Secret.copy(secret),
        onEnvelope: (to, kind, data) => {
          // In a task of its own, as from the network: a call that starts meanwhile goes first.
          void nextTask().then(() => {
            this.#sessions.get(to)?.receive(selfId, kind, data);
            if (kind === 'sender-key') this.#given.add(to);
            if (this.#given.size === ids.length) this.#agreed.resolve(undefined);
          });
        },
        onPeerState: () => undefined,
        onSenderKey: () => undefined,
      });
      this.#sessions.set(selfId, session);
    }
    secret.fill(0);
  }

  /** Resolves when each holds the other's key, or after ten seconds. */
  async agree(): Promise<void> {
    const cancel = timers.after(timeoutMs, () => {
      this.#agreed.resolve(undefined);
    });
    for (const [order, peerId] of ids.entries()) {
      this.#sessions.get(ids[1 - order] ?? '')?.addPeer({ peerId, order });
    }
    await this.#agreed.promise;
    cancel();
  }

  /** Frames of each, which the other opens. */
  speak(count: number): void {
    for (const [index, selfId] of ids.entries()) {
      const sealer = this.#sessions.get(selfId)?.sealer;
      const opener = this.#sessions.get(ids[1 - index] ?? '')?.openerFor(selfId);
      if (sealer === undefined || opener === undefined) continue;
      const seal = createSealTransform({ sealer });
      const open = createOpenTransform({ opener });
      const receiver = { enqueue: () => undefined };
      const network = {
        enqueue: (frame: EncodedFrame) => {
          open.transform(frame, receiver);
        },
      };
      for (let number = 0; number < count; number++) {
        seal.transform(new SilentFrame(), network);
      }
    }
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }
}

class SilentFrame implements EncodedFrame {
  data = new ArrayBuffer(frameBytes);

  getMetadata(): { readonly rtpTimestamp: number } {
    return { rtpTimestamp: 0 };
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => timers.after(0, resolve));
}
