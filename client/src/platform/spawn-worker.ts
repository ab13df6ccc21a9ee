/** The one place that names the worker's file, so that the build finds it and gives it a file of its own. */
export function spawnCryptoWorker(): Worker {
  return new Worker(new URL('../worker/crypto-worker.ts', import.meta.url), {
    type: 'module',
    name: 'earshot-crypto',
  });
}
