/** The product's worker, unchanged. */
import '../../../client/src/worker/crypto-worker.ts';
