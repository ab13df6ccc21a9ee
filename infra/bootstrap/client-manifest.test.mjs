import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { manifestName, writeClientManifest } from './client-manifest.mjs';

it('names every file with its hash, and not itself', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'client-manifest-'));
  try {
    mkdirSync(path.join(folder, 'assets'));
    writeFileSync(path.join(folder, 'index.html'), 'abc');
    writeFileSync(path.join(folder, 'assets', 'a.js'), '');
    writeClientManifest(folder);
    writeClientManifest(folder);
    const text = readFileSync(path.join(folder, manifestName), 'utf8');
    // FIPS 180-4: SHA-256 of "abc" and of nothing.
    expect(JSON.parse(text)).toEqual({
      version: 1,
      files: {
        'assets/a.js': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'index.html': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
