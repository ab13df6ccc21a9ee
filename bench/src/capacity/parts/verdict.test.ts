import { expect, it } from 'vitest';
import type { Sample } from '../load/load-messages.ts';
import { cpuMsPerThousand, verdictOn } from './verdict.ts';

const fine = { medianMs: 1, p99Ms: 3, lossShare: 0, expected: 1000 };
const sample: Sample = {
  ...{
    kind: 'sample',
    coreShare: 1,
    consumers: 100,
    windowMs: 1000,
    forwarded: fine,
    direct: fine,
    wrong: 0,
  },
  ...{ packets: 5000, serverCpuMs: 50, loadCpuMs: 0, othersShare: 0 },
  ...{ serverDrops: 0, loadDrops: 0 },
};

it.each([
  ['kept', { p99Ms: 21, lossShare: 0.01 }, fine],
  ['bent', { p99Ms: 21.1, lossShare: 0 }, fine],
  ['bent', { p99Ms: 2, lossShare: 0.011 }, fine],
  ['bent', { p99Ms: null, lossShare: 1 }, fine],
  ['bent', { p99Ms: null, lossShare: 0 }, fine],
  ['disturbed', { p99Ms: 30, lossShare: 0 }, { ...fine, p99Ms: 10.1 }],
  ['disturbed', { p99Ms: 30, lossShare: 0 }, { ...fine, lossShare: 0.02 }],
  ['disturbed', { p99Ms: 30, lossShare: 0 }, { ...fine, p99Ms: null }],
  ['kept', { p99Ms: 20, lossShare: 0 }, { ...fine, p99Ms: 15 }],
] as const)('%s: %o with %o beside it', (verdict, forwarded, direct) => {
  expect(verdictOn({ ...sample, forwarded: { ...fine, ...forwarded }, direct })).toBe(verdict);
});

it('charges the CPU to the packets that arrived', () => {
  expect(cpuMsPerThousand(sample)).toBe(10);
  expect(cpuMsPerThousand({ ...sample, forwarded: { ...fine, lossShare: 0.5 } })).toBe(20);
});
