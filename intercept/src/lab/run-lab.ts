/** The lab as a command: arguments in, exit code out. */
import path from 'node:path';
import process from 'node:process';
import { loadCatalogue } from './catalogue.ts';
import { Lab } from './lab.ts';
import { LabError } from './lab-error.ts';
import { parseOptions, usage, type LabOptions } from './options.ts';
import { planCells } from './plan.ts';
import { runCatalogue } from './run-catalogue.ts';
import { catalogueText, matrixText, progressText } from './terminal.ts';
import type { Verdicts } from './verdict-schema.ts';

/** `process` will do. */
export interface LabIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** @returns 0 every cell as claimed, 1 one is not, 2 the lab could not run (all of) it. */
export async function runLab(args: readonly string[], io: LabIo): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.action === 'help') {
      io.stdout.write(usage);
      return 0;
    }
    return await act(options, io);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    io.stderr.write(`intercept: ${error.message}\n${error.code === 'usage' ? usage : ''}`);
    return 2;
  }
}

async function act(options: LabOptions, io: LabIo): Promise<number> {
  const catalogue = await loadCatalogue();
  if (options.action === 'list') {
    io.stdout.write(catalogueText(catalogue));
    return 0;
  }
  const planned = planCells(catalogue, options);
  const isSelection = options.attacks !== undefined || options.mode !== undefined;
  const lab = new Lab();
  const stop = (): void => {
    lab.stop();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    io.stderr.write(`${String(planned.length)} cells\n`);
    const { verdicts, folder } = await runCatalogue({
      lab,
      planned,
      extent: isSelection ? 'selection' : options.extent,
      outFolder: options.outFolder,
      onRun: ({ attack, cell }, title) => {
        io.stderr.write(`${attack.id} ${cell.mode} ${cell.topology}: ${title} ...\n`);
      },
      onCell: (result) => io.stderr.write(progressText(result)),
    });
    const isJson = options.output === 'json';
    io.stdout.write(isJson ? `${JSON.stringify(verdicts, undefined, 2)}\n` : matrixText(verdicts));
    io.stderr.write(`\nevidence: ${path.join(folder, 'index.html')}\n`);
    return exitCodeOf(verdicts);
  } finally {
    await lab.close();
    for (const signal of signals) process.off(signal, stop);
  }
}

/** What came out otherwise than claimed weighs more than what did not come out. */
function exitCodeOf({ summary }: Verdicts): number {
  if (summary.unexpected > 0) return 1;
  return summary.notRun > 0 ? 2 : 0;
}
