import { describe, expect, it } from 'vitest';
import { compareWithManifest, parseClientManifest } from './client-manifest.ts';

/** FIPS 180-4: SHA-256 of "abc". */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('a client manifest', () => {
  it('tells published, changed and unknown files apart', () => {
    const manifest = parseClientManifest(
      JSON.stringify({ version: 1, files: { 'a.js': abc, 'b.js': abc, 'not-loaded.js': abc } }),
    );
    const files = new Map([
      ['a.js', new Uint8Array(Buffer.from('abc'))],
      ['b.js', new Uint8Array(Buffer.from('abd'))],
      ['c.js', new Uint8Array(0)],
    ]);
    expect(compareWithManifest(manifest, files)).toEqual({
      same: ['a.js'],
      changed: ['b.js'],
      unknown: ['c.js'],
    });
  });

  it.each(['', '{}', '{"version":2,"files":{}}', '{"version":1,"files":{"a":"00"}}'])(
    'is not %j',
    (text) => {
      expect(() => parseClientManifest(text)).toThrow();
    },
  );
});
