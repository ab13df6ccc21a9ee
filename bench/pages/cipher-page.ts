/** Passes the request to a worker, where the product's frames are sealed too. */
import type { CipherRequest, CipherTimes } from '../src/page-contract.ts';

globalThis.benchPage = {
  measureCiphers(request: CipherRequest): Promise<readonly CipherTimes[]> {
    const worker = new Worker(new URL('workers/cipher-worker.ts', import.meta.url), {
      type: 'module',
    });
    return new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<readonly CipherTimes[]>) => {
        worker.terminate();
        resolve(data);
      });
      worker.addEventListener('error', (event) => {
        reject(new Error(event.message));
      });
      worker.postMessage(request);
    });
  },
};
