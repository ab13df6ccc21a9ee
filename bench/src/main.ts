/** `npm run compare`: measures, prints tables, writes a report. Judges nothing: bars that are not kept are named. */
import process from 'node:process';
import { parseOptions, usage, type BenchOptions } from './options.ts';
import { readVerdicts } from './qualitative.ts';
import { runCompare } from './run-compare.ts';
import { comparisonText } from './terminal.ts';
import { writeReport } from './write-report.ts';

const options = readOptions();
if (options.action === 'help') console.log(usage);
else await compare(options);

async function compare(chosen: BenchOptions): Promise<void> {
  // Before anything is measured: a wrong file should not cost twenty minutes.
  const { verdictsFile } = chosen;
  const verdicts = verdictsFile === undefined ? undefined : readVerdicts(verdictsFile);
  const stopped = new AbortController();
  // The first asks for the report of what there is; the second, as always, does not ask.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped.abort(new Error('stopped'));
    });
  }
  const comparison = await runCompare(chosen, stopped.signal);
  const page = writeReport({ comparison, verdicts, outFolder: chosen.outFolder });
  console.log(
    chosen.output === 'json'
      ? JSON.stringify(comparison, undefined, 2)
      : comparisonText(comparison),
  );
  console.error(`report: ${page}`);
  if (comparison.missing.length > 0) process.exitCode = 1;
}

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}
