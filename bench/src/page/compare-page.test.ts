import { keyingModes, modes, topologies } from '@earshot/keying/mode';
import { describe, expect, it } from 'vitest';
import { callBars, figureRows, type Comparison } from '../comparison.ts';
import { FigureBook } from '../figures.ts';
import { joinProbe } from '../join.ts';
import { qualitativeRows } from '../qualitative.ts';
import { qualityFigures } from '../quality.ts';
import { comparePage } from './compare-page.ts';

/** Three runs in which every figure has a value of its own. */
function comparison(): Comparison {
  const book = new FigureBook();
  for (const run of [0, 1, 2]) {
    for (const topology of topologies) {
      for (const [place, mode] of keyingModes.entries()) {
        const figures = [...joinProbe.figures, ...qualityFigures];
        book.add(
          { mode, topology },
          run,
          new Map(figures.map((figure, i) => [figure, 1 + 10 * i + place + 0.3 * run])),
        );
      }
    }
  }
  book.miss({
    part: 'delay',
    call: { mode: 'e2ee', topology: 'room', run: 1 },
    reason: 'only <1> chirp',
  });
  const figures = figureRows(book, keyingModes);
  return {
    format: 1,
    startedAt: '2026-01-02T03:04:05.678Z',
    seconds: 90,
    extent: 'full',
    runs: 3,
    machine: {
      node: 'v24.0.0',
      platform: 'linux x64',
      cpu: 'a "fast" one',
      cores: 2,
      loadBefore: [0.1, 0.2, 0.3],
      loadAfter: [1.1, 0.2, 0.3],
    },
    modes: keyingModes,
    figures,
    bars: callBars(figures),
    parts: [{ title: 'A part', header: ['name', 'ms'], rows: [['one', '5']], bars: [], data: 0 }],
    missing: book.missing,
  };
}

describe('comparePage', () => {
  const page = comparePage({
    comparison: comparison(),
    qualitative: qualitativeRows(keyingModes, undefined),
  });

  it('has nothing inline, which the server would not let a browser apply', () => {
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/);
    expect(page).not.toMatch(/(?:src|href)="(?!style\.css|compare\.json|data:,|#)/);
  });

  it('says what each mode promises, in the words of the table of modes', () => {
    for (const mode of keyingModes) {
      for (const topology of topologies) expect(page).toContain(modes[mode].whoCanHear[topology]);
    }
  });

  it('shows medians, ranges and what they are compared with', () => {
    // Newcomer hears, the first figure, in dtls, the second mode: 2, 2.3 and 2.6 ms.
    expect(page).toMatch(/<strong>2<\/strong>\s*<small>2 to 3<\/small>/);
    expect(page).toMatch(/x 1\.4\d to dtls/);
  });

  it('names what is missing and what is not kept, with every sign escaped', () => {
    expect(page).toContain('room e2ee, delay, run 2: only &lt;1&gt; chirp');
    expect(page).toContain('a &quot;fast&quot; one');
    expect(page).toContain('not kept');
  });

  it('plots every run of every kind of call', () => {
    const plot = /<svg[^>]*aria-label="Join to first audio, newcomer hears"[\s\S]*?<\/svg>/.exec(
      page,
    );
    expect(plot?.[0].match(/<circle/g)).toHaveLength(3 * 6);
  });
});
