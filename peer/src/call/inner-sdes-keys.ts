/** `sdes` as browsers have it here: every frame a complete SRTP packet, keys from relayed `a=crypto` lines. */
import type { RandomBytes } from '@earshot/keying/bytes';
import { KeyingError } from '@earshot/keying/errors';
import type { FrameOpener, FrameSealer } from '@earshot/keying/frame-transform';
import { addCryptoLines, takeCryptoLines } from '@earshot/keying/sdes';
import { createSdesSession, type PeerKeyState, type SdesSession } from '@earshot/keying/session';
import type { CallKeys } from './call-keys.ts';

export class InnerSdesKeys implements CallKeys {
  readonly sealer: FrameSealer;
  readonly states: ReadonlyMap<string, PeerKeyState> = new Map();
  readonly #session: SdesSession;
  /** Of the answer that is being given. */
  #answerLine: string | undefined;

  constructor(random: RandomBytes) {
    this.#session = createSdesSession({ random });
    this.sealer = this.#session.sealer;
  }

  openerFor(peerId: string): FrameOpener {
    return this.#session.openerFor(peerId);
  }

  expectPeer(): void {
    // Of those in the lobby nobody is told in this mode.
  }

  addPeer(): void {
    // Their line comes with their description or producer.
  }

  removePeer(peerId: string): void {
    this.#session.removePeer(peerId);
  }

  receive(): void {
    // The server refuses envelopes in this mode.
  }

  describeOffer(sdp: string): string {
    return addCryptoLines(sdp, this.#session.offerLines());
  }

  acceptOffer(peerId: string, sdp: string): string {
    const { sdp: plainSdp, lines } = takeCryptoLines(sdp);
    this.#answerLine = this.#session.acceptOffer(peerId, lines);
    return plainSdp;
  }

  describeAnswer(sdp: string): string {
    if (this.#answerLine === undefined) throw new TypeError('an answer before the offer');
    return addCryptoLines(sdp, [this.#answerLine]);
  }

  acceptAnswer(peerId: string, sdp: string): string {
    const { sdp: plainSdp, lines } = takeCryptoLines(sdp);
    this.#session.acceptAnswer(peerId, lines);
    return plainSdp;
  }

  announce(): string {
    return this.#session.announceLine();
  }

  acceptAnnouncement(peerId: string, line: string | undefined): void {
    if (line === undefined) throw new KeyingError('sdes-no-agreement', 'no crypto line announced');
    this.#session.acceptAnnouncement(peerId, line);
  }

  close(): void {
    this.#session.close();
  }
}
