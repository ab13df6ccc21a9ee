import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Evidence } from './evidence.ts';
import { Examiner } from './examiner.ts';
import { LabError } from './lab-error.ts';

const place = 'K1.sdes/room/attack';
const evidence: Evidence = {
  tried: 'Every packet was tried.',
  proofs: [{ kind: 'count', what: 'packets opened', found: 3, of: 4 }],
  artefacts: [{ name: 'found.txt', content: 'three' }],
};

let folder: string;
let examiner: Examiner;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'earshot-examiner-'));
  examiner = new Examiner({ folder });
});

afterEach(async () => {
  await examiner.close();
  rmSync(folder, { recursive: true });
});

test('judges evidence and writes it down', async () => {
  const findings = await examiner.examine({ place, evidence, hasWords: false });
  expect(findings).toMatchObject({
    outcome: 'falls',
    measures: [{ kind: 'count', outcome: 'falls', found: 3, of: 4 }],
    // sha256sum of the five letters.
    files: [
      {
        path: `${place}/found.txt`,
        bytes: 5,
        sha256: '8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f',
      },
    ],
  });
  expect(readFileSync(path.join(folder, place, 'found.txt'), 'utf8')).toBe('three');
});

test('says so when evidence cannot be written, and goes on', async () => {
  const artefacts = [{ name: '../elsewhere.txt', content: '' }];
  await expect(
    examiner.examine({ place, evidence: { ...evidence, artefacts }, hasWords: false }),
  ).rejects.toMatchObject({ code: 'not-examined' });
  const { outcome } = await examiner.examine({ place, evidence, hasWords: false });
  expect(outcome).toBe('falls');
});

test('gives up what is not finished when it closes', async () => {
  const findings = examiner.examine({ place, evidence, hasWords: false });
  await Promise.all([
    expect(findings).rejects.toThrow(new LabError('stopped', 'the lab was stopped')),
    examiner.close(),
  ]);
});

test('takes nothing more once it is closed', async () => {
  await examiner.close();
  await expect(examiner.examine({ place, evidence, hasWords: false })).rejects.toMatchObject({
    code: 'stopped',
  });
});
