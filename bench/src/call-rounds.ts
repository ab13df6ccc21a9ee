/** Rounds of calls: in each, one of every kind, in another order, and on each everything that is to be measured. */
import { topologies, type KeyingMode } from '@earshot/keying/mode';
import type { CallBench } from './calls.ts';
import type { CallKind, FigureBook, Readings } from './figures.ts';
import type { CallProbe } from './probe.ts';
import { reasonOf } from './reason.ts';
import { rotated } from './statistics.ts';

export interface CallRounds {
  readonly bench: CallBench;
  readonly book: FigureBook;
  readonly probes: readonly CallProbe[];
  readonly modes: readonly KeyingMode[];
  readonly runs: number;
  /** No round begins later; what it would have measured is missing then. */
  readonly deadlineMs: number;
  /** The same for no further call. */
  readonly stopped: AbortSignal;
}

/** A call that hangs is given up: everything in it should be done in a third of this. */
const callTimeoutMs = 90_000;
const attempts = 2;

export async function measureCalls(rounds: CallRounds): Promise<void> {
  const { bench, book, probes, modes, runs, deadlineMs, stopped } = rounds;
  if (probes.length === 0) return;
  for (const { figures } of probes) book.declare(figures);
  const kinds = topologies.flatMap((topology) => modes.map((mode) => ({ mode, topology })));
  // Compiled code and open sockets are not what is compared.
  for (const kind of kinds.slice(-1)) await measureCall(bench, kind, []);
  for (let run = 0; run < runs; run++) {
    const isLate = run > 0 && Date.now() > deadlineMs;
    for (const topology of topologies) {
      for (const mode of rotated(modes, run)) {
        const kind = { mode, topology };
        if (isLate || stopped.aborted)
          missAll(book, { kind, run, probes, reason: isLate ? 'time was up' : 'stopped' });
        else {
          console.error(`run ${run + 1} of ${runs}: ${topology} ${mode}`);
          await measureKind(rounds, kind, run);
        }
      }
    }
  }
}

async function measureKind(
  { bench, book, probes }: CallRounds,
  kind: CallKind,
  run: number,
): Promise<void> {
  let wanted = probes;
  for (let attempt = 1; wanted.length > 0 && attempt <= attempts; attempt++) {
    const outcomes = await measureCall(bench, kind, wanted);
    for (const { readings } of outcomes) if (readings !== undefined) book.add(kind, run, readings);
    const failed = outcomes.filter(({ readings }) => readings === undefined);
    for (const { probe, reason } of failed) {
      console.error(`${kind.mode} ${kind.topology}, ${probe.part}: ${reason}`);
      if (attempt === attempts) book.miss({ part: probe.part, call: { ...kind, run }, reason });
    }
    wanted = failed.map(({ probe }) => probe);
  }
}

interface Outcome {
  readonly probe: CallProbe;
  readonly readings: Readings | undefined;
  /** Why there are none. */
  readonly reason: string;
}

/** Never throws: a call that cannot be placed is one in which every probe failed. */
async function measureCall(
  bench: CallBench,
  kind: CallKind,
  probes: readonly CallProbe[],
): Promise<readonly Outcome[]> {
  const finishes: Awaited<ReturnType<CallProbe['start']>>[] = [];
  const outcomes: Outcome[] = [];
  const placing = bench.withCall(
    {
      ...kind,
      onJoinPage: async () => {
        for (const probe of probes) finishes.push(await probe.start(bench));
      },
    },
    async (call) => {
      for (const [i, probe] of probes.entries()) {
        try {
          outcomes.push({ probe, readings: await finishes[i]?.(call), reason: '' });
        } catch (error) {
          outcomes.push({ probe, readings: undefined, reason: reasonOf(error) });
        }
      }
    },
  );
  try {
    await Promise.race([placing, timeout()]);
    return outcomes;
  } catch (error) {
    // Given up: its windows close when it is done, and what it may still say is of no interest.
    placing.catch(() => undefined);
    const reason = reasonOf(error);
    return probes.map(
      (probe) =>
        outcomes.find((outcome) => outcome.probe === probe) ?? {
          probe,
          readings: undefined,
          reason,
        },
    );
  }
}

function missAll(
  book: FigureBook,
  options: {
    readonly kind: CallKind;
    readonly run: number;
    readonly probes: readonly CallProbe[];
    readonly reason: string;
  },
): void {
  const { kind, run, probes, reason } = options;
  for (const { part } of probes) book.miss({ part, call: { ...kind, run }, reason });
}

function timeout(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error('the call took too long'));
    }, callTimeoutMs).unref();
  });
}
