import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineAttack, type Attack, type AttackDefinition } from './attack.ts';
import type { Evidence } from './evidence.ts';
import { Lab } from './lab.ts';
import { planCells } from './plan.ts';
import { runCatalogue, type FinishedRun } from './run-catalogue.ts';

const holds: Evidence = {
  tried: 'It was tried.',
  proofs: [{ kind: 'count', what: 'keys found', found: 0, of: 5 }],
};
const breaks: Evidence = {
  ...holds,
  proofs: [{ kind: 'count', what: 'keys found', found: 1, of: 5 }],
};

function attackThat(id: string, run: AttackDefinition['run']): Attack {
  return defineAttack({
    id,
    title: 'Test',
    question: 'Does it hold?',
    power: 'active',
    cells: [{ mode: 'e2ee', topology: 'room' }],
    quick: 'all',
    claim: () => ({ outcome: 'resists' }),
    run,
    controls: [
      {
        id: 'planted',
        title: 'the same with a key that was planted',
        proves: { outcome: 'falls' },
        run: () => Promise.resolve(breaks),
      },
    ],
  });
}

let outFolder: string;
let lab: Lab;

beforeEach(() => {
  outFolder = mkdtempSync(path.join(tmpdir(), 'earshot-catalogue-'));
  lab = new Lab();
});

afterEach(async () => {
  await lab.close();
  rmSync(outFolder, { recursive: true });
});

async function runOf(catalogue: readonly Attack[]): Promise<FinishedRun> {
  return runCatalogue({
    lab,
    planned: planCells(catalogue, { attacks: undefined, mode: undefined, extent: 'full' }),
    extent: 'full',
    outFolder,
    onRun: () => undefined,
    onCell: () => undefined,
  });
}

test('plays two cells at a time and reports them in the plan’s order', async () => {
  const second = Promise.withResolvers<undefined>();
  const { verdicts, folder } = await runOf([
    attackThat('K1', async () => {
      await second.promise;
      return holds;
    }),
    attackThat('K2', () => {
      second.resolve(undefined);
      return Promise.resolve(holds);
    }),
    attackThat('K3', () => Promise.resolve(holds)),
  ]);
  expect(verdicts.cells.map(({ attack, outcome }) => [attack, outcome])).toEqual([
    ['K1', 'resists'],
    ['K2', 'resists'],
    ['K3', 'resists'],
  ]);
  expect(verdicts.summary).toEqual({ cells: 3, asClaimed: 3, unexpected: 0, notRun: 0 });
  const written: unknown = JSON.parse(readFileSync(path.join(folder, 'verdicts.json'), 'utf8'));
  expect(written).toEqual(verdicts);
  for (const id of ['K1', 'K2', 'K3']) {
    expect(existsSync(path.join(folder, `${id}.e2ee`, 'verdict.json')), id).toBe(true);
  }
});

test('tells what came out otherwise than claimed from what did not come out', async () => {
  const { verdicts } = await runOf([
    attackThat('K1', () => Promise.resolve(breaks)),
    attackThat('K2', () => Promise.reject(new Error('no such tool'))),
  ]);
  expect(verdicts.summary).toEqual({ cells: 2, asClaimed: 0, unexpected: 1, notRun: 1 });
  expect(verdicts.cells[1]?.runs[0]).toMatchObject({
    outcome: 'not-run',
    failure: { code: 'failed', message: 'no such tool' },
  });
});

test('stops in the middle of a cell', async () => {
  const run = runOf([
    attackThat('K1', async ({ signal }) => {
      lab.stop();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return holds;
    }),
  ]);
  await expect(run).rejects.toMatchObject({ code: 'stopped' });
});
