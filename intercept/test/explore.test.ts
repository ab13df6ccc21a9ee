/** What the explorer finds, and that each trace does to the real handshake what the model says. */
import { describe, expect, it } from 'vitest';
import { e2eeDefences } from '../src/explore/defences.ts';
import { e2eeGoals } from '../src/explore/e2ee-goals.ts';
import { dtlsModel } from '../src/explore/dtls-model.ts';
import {
  agreesWithModeTable,
  expectedFalls,
  exploreDefences,
  exploreGoal,
  exploreHops,
  fallsOf,
  rowName,
} from '../src/explore/explorations.ts';
import { runExplore } from '../src/explore/main.ts';
import { judgeReplay } from '../src/explore/replay/judge-replay.ts';
import { search } from '../src/explore/search.ts';

describe('sdes and dtls', () => {
  const hops = exploreHops();
  const messagesOf = (mode: string, topology: string, power: string): number | undefined =>
    hops.find((hop) => hop.mode === mode && hop.topology === topology && hop.power === power)
      ?.messages;

  it('falls as the mode table says', () => {
    expect(agreesWithModeTable(hops)).toBe(true);
    expect(messagesOf('sdes', 'direct', 'passive-server')).toBe(1);
    expect(messagesOf('dtls', 'direct', 'passive-server')).toBeUndefined();
    expect(messagesOf('dtls', 'direct', 'active-server')).toBe(3);
    expect(messagesOf('dtls', 'room', 'passive-server')).toBe(3);
    expect(
      hops.filter(({ power, messages }) => power === 'network' && messages !== undefined),
    ).toEqual([]);
  });

  it('the control: people who compare fingerprints are not swapped', () => {
    const scenario = { topology: 'direct', power: 'active-server' } as const;
    const bounds = { maxDepth: 12, maxStates: 10_000 };
    const swapped = search(dtlsModel({ ...scenario, compareFingerprints: false }), bounds);
    expect(swapped.trace?.steps.map(({ action }) => action.kind)).toEqual([
      'description',
      'hello',
      'certificate',
    ]);
    const compared = search(dtlsModel({ ...scenario, compareFingerprints: true }), bounds);
    expect(compared).toMatchObject({ trace: undefined, isExhaustive: true });
  });
});

describe('e2ee', () => {
  it.each(e2eeGoals)('holds with every defence: %s', (goal) => {
    for (const cast of ['pair', 'malicious-participant'] as const) {
      // Nothing found in nothing would prove nothing.
      const result = exploreGoal(goal, new Set(), cast);
      expect(result.trace).toBeUndefined();
      expect(result.isExhaustive).toBe(true);
      expect(result.depth).toBeGreaterThanOrEqual(4);
    }
  });

  it('falls where a defence is taken away, and so does the real handshake', async () => {
    const rows = exploreDefences();
    expect(
      rows
        .map(({ off }) => off)
        .filter(({ length }) => length === 1)
        .flat(),
    ).toEqual([...e2eeDefences]);
    for (const row of rows) {
      expect(fallsOf(row), rowName(row)).toEqual(expectedFalls[rowName(row)]);
      for (const goal of fallsOf(row)) {
        const { trace } = row.results[goal];
        const judged = await judgeReplay({ trace: trace!, goal, off: new Set(row.off) });
        expect(judged.isAsModelled, `${rowName(row)}: ${judged.summary}`).toBe(true);
      }
    }
  });

  it('refuses arguments that it does not know', async () => {
    const said: string[] = [];
    const stream = { write: (text: string) => said.push(text) };
    expect(await runExplore(['--fast'], { stdout: stream, stderr: stream })).toBe(2);
    expect(said.join('')).toContain('usage');
  });
});
