/** Cost of protecting and unprotecting one frame, per suite and implementation, in a browser's worker. */
import type { BenchOptions } from './options.ts';
import type { PageBench } from './page-bench.ts';
import type { CipherTimes } from './page-contract.ts';
import type { PartReport } from './report.ts';
import { withRange } from './report.ts';
import { ratio, summarize, pairwise } from './statistics.ts';

/** 20 ms of Opus at 32 kbit/s. */
const payloadBytes = 80;
const framesPerRun = { quick: 500, full: 2000 };

export async function measureCiphers(
  bench: PageBench,
  { runs, isQuick }: BenchOptions,
): Promise<PartReport> {
  const page = await bench.open('cipher');
  const times = await page.evaluate((request) => globalThis.benchPage?.measureCiphers?.(request), {
    payloadBytes,
    framesPerRun: isQuick ? framesPerRun.quick : framesPerRun.full,
    runs: Math.max(runs, 5),
  });
  await page.close();
  if (times === undefined) throw new Error('the cipher page measured nothing');
  return {
    title: `Protecting one frame of ${payloadBytes} bytes, in microseconds`,
    header: [
      'suite',
      'implementation',
      'protect',
      'unprotect',
      'both, ratio to product',
      'both, first run',
    ],
    rows: times.map((one) => [
      one.suite,
      one.implementation,
      withRange(summarize(one.protectUs), 1),
      withRange(summarize(one.unprotectUs), 1),
      withRange(summarize(pairwise(both(one), both(productOf(one, times)), ratio)), 2),
      (one.firstUs.protect + one.firstUs.unprotect).toFixed(0),
    ]),
    bars: [],
    data: times,
  };
}

function both({ protectUs, unprotectUs }: CipherTimes): number[] {
  return pairwise(protectUs, unprotectUs, (a, b) => a + b);
}

function productOf(one: CipherTimes, times: readonly CipherTimes[]): CipherTimes {
  const product = times.find(
    ({ suite, implementation }) => suite === one.suite && implementation === 'product',
  );
  if (product === undefined) throw new Error(`the product's ${one.suite} was not measured`);
  return product;
}
