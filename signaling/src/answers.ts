/**
 * Idempotent requests: the answers that a session gave, by the request id its client chose. A repeat
 * of a request, also one that is still in hand, gets the same answer; the same id with another
 * request is a conflict.
 */
import { createHash } from 'node:crypto';
import { ProtocolError, type Verb } from '@earshot/protocol';

/** A client repeats what it had in flight when its socket dropped: far fewer than this. */
const answersKept = 128;

interface Remembered<A> {
  readonly fingerprint: string;
  readonly answer: Promise<A>;
}

export interface RepeatableRequest {
  readonly id: string;
  readonly verb: Verb;
  /** As parsed: keys are in the schema's order, whatever order the client sent them in. */
  readonly input: unknown;
}

export class AnswerCache<A> {
  readonly #answers = new Map<string, Remembered<A>>();

  /**
   * The answer given before, or the one that `run` gives now.
   * `run` must not reject. An answer for which `isFinal` is false is forgotten, so that the same
   * request can succeed later.
   * @throws ProtocolError `request-conflict`
   */
  async once(
    request: RepeatableRequest,
    run: () => Promise<A>,
    isFinal: (answer: A) => boolean,
  ): Promise<A> {
    const fingerprint = fingerprintOf(request);
    const known = this.#answers.get(request.id);
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint) throw new ProtocolError('request-conflict');
      this.#answers.delete(request.id);
      this.#answers.set(request.id, known);
      return known.answer;
    }
    const remembered: Remembered<A> = { fingerprint, answer: run() };
    this.#answers.set(request.id, remembered);
    this.#forgetOldest();
    const answer = await remembered.answer;
    if (!isFinal(answer) && this.#answers.get(request.id) === remembered) {
      this.#answers.delete(request.id);
    }
    return answer;
  }

  #forgetOldest(): void {
    for (const id of this.#answers.keys()) {
      if (this.#answers.size <= answersKept) return;
      this.#answers.delete(id);
    }
  }
}

/** A hash, so that the cache does not keep what was asked (offers hold keys in `sdes`). */
function fingerprintOf({ verb, input }: RepeatableRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([verb, input]))
    .digest('base64');
}
