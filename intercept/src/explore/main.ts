/**
 * `explore`: searches each mode's model for attacks, shows what falls when a defence is taken away, and
 * plays every trace of a handshake to the real one.
 *
 *     node intercept/src/explore/main.ts [--traces]
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { modes } from '@earshot/keying/mode';
import { goalRows, e2eeGoals } from './e2ee-goals.ts';
import {
  agreesWithModeTable,
  casts,
  expectedFalls,
  exploreDefences,
  exploreGoal,
  exploreHops,
  fallsOf,
  rowName,
  type DefenceRow,
} from './explorations.ts';
import { judgeReplay } from './replay/judge-replay.ts';
import { defenceLines, hopLine, searchLine, traceLines } from './report.ts';

/** `process` will do. */
export interface ExploreIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const usage = 'usage: explore [--traces]   --traces: every trace found, message by message\n';

/** @returns 0: all as expected; 1: something is not; 2: wrong arguments */
export async function runExplore(args: readonly string[], io: ExploreIo): Promise<number> {
  if (args.some((arg) => arg !== '--traces')) {
    io.stderr.write(usage);
    return 2;
  }
  const failures: string[] = [];
  exploreModes(io, failures);
  exploreHandshake(io, failures);
  const rows = exploreDefences();
  for (const line of defenceLines(rows)) say(io, line);
  for (const row of rows) {
    const expected = expectedFalls[rowName(row)] ?? [];
    if (fallsOf(row).join() !== expected.join()) {
      failures.push(
        `without ${rowName(row)}: expected to fall: ${expected.join(', ') || 'nothing'}`,
      );
    }
  }
  await replayTraces(rows, { io, failures, isTraced: args.includes('--traces') });
  for (const failure of failures) io.stderr.write(`not as expected: ${failure}\n`);
  say(io, failures.length === 0 ? 'all as expected' : `${failures.length} not as expected`);
  return failures.length === 0 ? 0 : 1;
}

function exploreModes(io: ExploreIo, failures: string[]): void {
  say(io, 'sdes and dtls: does somebody with this power have the audio?');
  const hops = exploreHops();
  for (const hop of hops) say(io, `  ${hopLine(hop)}`);
  if (!agreesWithModeTable(hops)) failures.push('the mode table says otherwise');
  if (modes.e2ee.serverHears.direct !== 'never') failures.push('e2ee is no longer claimed');
}

function exploreHandshake(io: ExploreIo, failures: string[]): void {
  for (const cast of casts) {
    io.stdout.write('\n');
    say(io, `e2ee as it ships, ${cast}`);
    for (const goal of e2eeGoals) {
      const result = exploreGoal(goal, new Set(), cast);
      say(io, `  ${goalRows[goal].title.padEnd(14)} ${searchLine(result)}`);
      if (result.trace !== undefined) failures.push(`${goal} falls with every defence (${cast})`);
    }
  }
}

interface Replaying {
  readonly io: ExploreIo;
  readonly failures: string[];
  readonly isTraced: boolean;
}

async function replayTraces(
  rows: readonly DefenceRow[],
  { io, failures, isTraced }: Replaying,
): Promise<void> {
  io.stdout.write('\n');
  say(io, 'every trace, played to the real handshake');
  for (const row of rows) {
    for (const goal of fallsOf(row)) {
      const { trace } = row.results[goal];
      if (trace === undefined) continue;
      const judged = await judgeReplay({ trace, goal, off: new Set(row.off) });
      say(io, `  without ${rowName(row)}, ${goalRows[goal].title}: ${judged.summary}`);
      if (isTraced) for (const line of traceLines(trace)) say(io, `      ${line}`);
      if (!judged.isAsModelled) failures.push(`replay without ${rowName(row)}, ${goal}`);
    }
  }
}

function say(io: ExploreIo, line: string): void {
  io.stdout.write(`${line}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await runExplore(process.argv.slice(2), process);
}
