import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modes } from '@earshot/keying/mode';
import { defineAttack, type AttackDefinition } from './attack.ts';
import { loadCatalogue } from './catalogue.ts';
import { LabError } from './lab-error.ts';
import { planCells } from './plan.ts';

const all = { attacks: undefined, mode: undefined, extent: 'full' } as const;

describe('the catalogue', () => {
  it('has attacks of different ids, and a control for every cell', async () => {
    const catalogue = await loadCatalogue();
    expect(catalogue.map(({ id }) => id)).toContain('K4');
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    const bare = catalogue.flatMap((attack) =>
      attack.cells
        .filter((cell) => attack.controlsOf({ ...cell, row: modes[cell.mode] }).length === 0)
        .map((cell) => `${attack.id} ${cell.mode} ${cell.topology}`),
    );
    expect(bare).toEqual([]);
  });

  it('refuses what is not an attack', () => {
    const definition: Omit<AttackDefinition, 'id'> = {
      title: 'Nothing',
      question: 'Does nothing do anything?',
      power: 'wire',
      cells: [{ mode: 'sdes', topology: 'room' }],
      quick: 'none',
      claim: () => ({ outcome: 'resists' }),
      run: () => Promise.resolve({ tried: 'Nothing.', proofs: [] }),
      controls: [],
    };
    expect(() => defineAttack({ ...definition, id: '../K1' })).toThrow(RangeError);
    expect(() => defineAttack({ ...definition, id: 'K1', cells: [] })).toThrow(RangeError);
  });
});

describe('planCells', () => {
  it('selects by id, mode and extent', async () => {
    const catalogue = await loadCatalogue();
    const k4 = planCells(catalogue, { ...all, attacks: ['K4'] });
    expect(k4.map(({ cell }) => `${cell.mode} ${cell.topology}`)).toEqual([
      'sdes room',
      'dtls room',
      'e2ee room',
    ]);
    const sealed = planCells(catalogue, { ...all, mode: 'e2ee' });
    expect(new Set(sealed.map(({ cell }) => cell.mode))).toEqual(new Set(['e2ee']));
    const quick = planCells(catalogue, { ...all, extent: 'quick' });
    expect(quick.length).toBeLessThan(planCells(catalogue, all).length);
  });

  it('refuses what no attack has', async () => {
    const catalogue = await loadCatalogue();
    expect(() => planCells(catalogue, { ...all, attacks: ['K99'] })).toThrow(LabError);
    expect(() => planCells(catalogue, { ...all, attacks: ['K4'], mode: 'e2ee' })).not.toThrow();
  });
});

it('the documented example is the one that is compiled and run', () => {
  const read = (path: string): string =>
    readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const example = read('intercept/test/example-attack.ts').replaceAll("'../src/", "'../");
  expect(read('docs/lab.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
});
