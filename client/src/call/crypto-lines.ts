/** The `a=crypto` lines (RFC 4568) of one connection in `sdes`: into the own descriptions, and out of theirs to the worker. */
import { addCryptoLines, takeCryptoLines } from '@earshot/keying/sdes';
import { CallError } from './call-api.ts';
import type { KeyWorker } from './key-worker.ts';

export class CryptoLines {
  readonly #keys: Pick<KeyWorker, 'askSdes'>;
  #own: readonly string[] | undefined;
  #theirs: readonly string[] | undefined;

  constructor(keys: Pick<KeyWorker, 'askSdes'>) {
    this.#keys = keys;
  }

  /** The own offer with its lines, the same in every offer. */
  async withOwnOffer(sdp: string): Promise<string> {
    this.#own ??= await this.#keys.askSdes({ op: 'offerLines' });
    return addCryptoLines(sdp, this.#own);
  }

  /** The own answer, with the line chosen when their offer was taken. */
  withOwnAnswer(sdp: string): string {
    return addCryptoLines(sdp, this.#own ?? []);
  }

  /**
   * Their description without its lines. Repeated ones (ICE restart) change nothing.
   * @throws CallError `handshake-failed` where they are not those of before
   * @throws KeyingError `sdes-invalid` or `sdes-no-agreement`
   */
  async takeFrom(
    peerId: string,
    description: { readonly type: 'offer' | 'answer'; readonly sdp: string },
  ): Promise<string> {
    const { sdp, lines } = takeCryptoLines(description.sdp);
    if (this.#theirs !== undefined) {
      if (this.#theirs.join('\n') === lines.join('\n')) return sdp;
      throw new CallError('handshake-failed', 'the other side changed its a=crypto lines');
    }
    this.#theirs = lines;
    if (description.type === 'offer') {
      this.#own = await this.#keys.askSdes({ op: 'acceptOffer', peerId, lines });
    } else {
      await this.#keys.askSdes({ op: 'acceptAnswer', peerId, lines });
    }
    return sdp;
  }
}
