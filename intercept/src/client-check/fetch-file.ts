/** Files of a server, within bounds: whoever is checked decides what is sent. */
import { CheckError } from './check-error.ts';

/** The whole client has some megabytes. */
const maxFileBytes = 16 * 2 ** 20;
const maxTotalBytes = 64 * 2 ** 20;

export interface FetcherOptions {
  readonly origin: string;
  /** Of everything together. */
  readonly timeoutMs: number;
}

export class Fetcher {
  readonly #origin: string;
  readonly #signal: AbortSignal;
  #totalBytes = 0;

  constructor({ origin, timeoutMs }: FetcherOptions) {
    this.#origin = origin;
    this.#signal = AbortSignal.timeout(timeoutMs);
  }

  /**
   * @param path  below the root, without a leading slash
   * @returns undefined if there is no such file
   * @throws CheckError `unreachable`, `refused`, `too-large`
   */
  async file(path: string): Promise<Uint8Array | undefined> {
    const url = `${this.#origin}/${path.split('/').map(encodeURIComponent).join('/')}`;
    try {
      const answer = await fetch(url, {
        redirect: 'manual',
        cache: 'no-store',
        signal: this.#signal,
      });
      if (answer.status === 404) {
        await answer.body?.cancel();
        return undefined;
      }
      if (answer.status !== 200) {
        await answer.body?.cancel();
        throw new CheckError('refused', `${url} answers ${String(answer.status)}`);
      }
      return await this.#read(answer, url);
    } catch (cause) {
      if (cause instanceof CheckError) throw cause;
      const { message } = this.#signal.aborted ? { message: 'no answer in time' } : reasonOf(cause);
      throw new CheckError('unreachable', `${url}: ${message}`, { cause });
    }
  }

  /** As it comes, so that what is too large is never held. */
  async #read({ body }: Response, url: string): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      this.#totalBytes += chunk.length;
      if (bytes > maxFileBytes || this.#totalBytes > maxTotalBytes) {
        throw new CheckError('too-large', `${url} is larger than any file of a client`);
      }
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  }
}

/** What `fetch` says is that it failed; why is in its cause. */
function reasonOf(error: unknown): { readonly message: string } {
  if (!(error instanceof Error)) return { message: 'failed' };
  return error.cause instanceof Error ? error.cause : error;
}
