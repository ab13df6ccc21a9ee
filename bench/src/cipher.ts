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
    header: ['suite', 'implementation', 'protect', 'unprotect', 'both, ratio to noble'],
    rows: times.map((one) => [
      one.suite,
      one.implementation,
      withRange(summarize(one.protectUs), 1),
      withRange(summarize(one.unprotectUs), 1),
      withRange(summarize(pairwise(both(one), both(nobleOf(one, times)), ratio)), 1),
    ]),
    bars: [],
    data: times,
  };
}

function both({ protectUs, unprotectUs }: CipherTimes): number[] {
  return pairwise(protectUs, unprotectUs, (a, b) => a + b);
}

function nobleOf(one: CipherTimes, times: readonly CipherTimes[]): CipherTimes {
  const noble = times.find(
    ({ suite, implementation }) => suite === one.suite && implementation === 'noble',
  );
  if (noble === undefined) throw new Error(`${one.suite} was not measured on noble`);
  return noble;
}
