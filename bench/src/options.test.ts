import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('measures everything five times by default', () => {
    expect(parseOptions([])).toEqual({
      action: 'run',
      only: ['join', 'delay', 'cost', 'quality', 'bytes', 'frames', 'cipher', 'renderer', 'groups'],
      modes: ['sdes', 'dtls', 'e2ee'],
      runs: 5,
      isQuick: false,
      output: 'tables',
      outFolder: 'report',
      verdictsFile: undefined,
    });
  });

  it('measures calls once when quick, unless told', () => {
    const { runs, only } = parseOptions(['--quick']);
    expect(runs).toBe(1);
    expect(only).toEqual(['join', 'delay', 'cost', 'bytes', 'frames']);
    expect(parseOptions(['--quick', '--runs', '7']).runs).toBe(7);
    expect(parseOptions(['--quick', '--only', 'cipher']).only).toEqual(['cipher']);
  });

  it('takes several parts and modes, in their own order', () => {
    const options = parseOptions([
      '--only',
      'join,bytes',
      '--only',
      'cost',
      '--modes',
      'e2ee,dtls',
    ]);
    expect(options.only).toEqual(['join', 'bytes', 'cost']);
    expect(options.modes).toEqual(['dtls', 'e2ee']);
  });

  it('takes where to write and what to write', () => {
    const options = parseOptions(['--json', '--out', 'there', '--verdicts', 'v.json']);
    expect(options).toMatchObject({ output: 'json', outFolder: 'there', verdictsFile: 'v.json' });
  });

  it.each([
    ['--runs', '0'],
    ['--runs', 'x'],
    ['--only', 'video'],
    ['--modes', 'none'],
    ['--fast'],
    ['file'],
  ])('refuses %s %s', (...args) => {
    expect(() => parseOptions(args.filter((arg) => typeof arg === 'string'))).toThrow();
  });
});
