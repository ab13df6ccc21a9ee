/** The keys of a native SDES endpoint: negotiated by RFC 4568, used for SRTP and SRTCP (RFC 3711). */
import { randomBytes } from 'node:crypto';
import type { Outcome } from '@earshot/keying/errors';
import {
  acceptAnswer,
  acceptOffer,
  createOffer,
  cryptoSuites,
  keyAndSaltBytes,
  type CryptoSuite,
  type RemoteKeys,
} from '@earshot/keying/sdes';
import { Secret } from '@earshot/keying/secret';
import {
  createSrtcpReceiver,
  createSrtcpSender,
  createSrtpReceiver,
  createSrtpSender,
  type SrtcpReceiver,
  type SrtcpSender,
  type SrtpReceiver,
  type SrtpSender,
} from '@earshot/keying/srtp';

interface Contexts {
  readonly suite: CryptoSuite;
  readonly srtpOut: SrtpSender;
  readonly srtpIn: SrtpReceiver;
  readonly srtcpOut: SrtcpSender;
  readonly srtcpIn: SrtcpReceiver;
}

const noKey: Outcome = { ok: false, reason: 'no-key' };

/** Before the negotiation is complete, and after `close()`, every packet is refused with `no-key`. */
export class SdesKeys {
  readonly #own: ReadonlyMap<CryptoSuite, Secret>;
  #contexts: Contexts | undefined;

  /** @param suites offered and accepted, most preferred first; default all. */
  constructor(suites: readonly CryptoSuite[] = cryptoSuites) {
    this.#own = new Map(
      suites.map((suite) => [
        suite,
        Secret.take(new Uint8Array(randomBytes(keyAndSaltBytes(suite)))),
      ]),
    );
  }

  get suite(): CryptoSuite | undefined {
    return this.#contexts?.suite;
  }

  offerLines(): readonly string[] {
    return createOffer(this.#own);
  }

  /** @returns the answer's line. @throws KeyingError */
  acceptOffer(lines: readonly string[]): string {
    const { remote, answerLine } = acceptOffer(lines, this.#own);
    this.#use(remote);
    return answerLine;
  }

  /** @throws KeyingError */
  acceptAnswer(lines: readonly string[]): void {
    this.#use(acceptAnswer(lines, this.#own));
  }

  protectRtp(packet: Uint8Array): Outcome {
    return this.#contexts?.srtpOut.protect(packet) ?? noKey;
  }

  protectRtcp(packet: Uint8Array): Outcome {
    return this.#contexts?.srtcpOut.protect(packet) ?? noKey;
  }

  unprotectRtp(packet: Uint8Array): Outcome {
    return this.#contexts?.srtpIn.unprotect(packet) ?? noKey;
  }

  unprotectRtcp(packet: Uint8Array): Outcome {
    return this.#contexts?.srtcpIn.unprotect(packet) ?? noKey;
  }

  /** Wipes every key. Idempotent. */
  close(): void {
    this.#closeContexts();
    for (const secret of this.#own.values()) secret.wipe();
  }

  /** The contexts derive session keys at once, so that the master keys received need not be kept. */
  #use({ suite, keys }: RemoteKeys): void {
    const keyAndSalt = this.#own.get(suite);
    if (keyAndSalt === undefined) throw new TypeError(`no key for ${suite}`);
    this.#closeContexts();
    const key = { keyAndSalt };
    this.#contexts = {
      suite,
      srtpOut: createSrtpSender({ suite, key }),
      srtpIn: createSrtpReceiver({ suite, keys }),
      srtcpOut: createSrtcpSender({ suite, key }),
      srtcpIn: createSrtcpReceiver({ suite, keys }),
    };
    for (const { keyAndSalt: received } of keys) received.wipe();
  }

  #closeContexts(): void {
    const contexts = this.#contexts;
    this.#contexts = undefined;
    contexts?.srtpOut.close();
    contexts?.srtpIn.close();
    contexts?.srtcpOut.close();
    contexts?.srtcpIn.close();
  }
}
