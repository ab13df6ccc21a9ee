/** The newest report of the comparison of modes, as the application shows it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { startServer } from './wire.ts';

const newest = 'compare-2026-03-04T10-00-00-000Z';
let server: EarshotServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-reports-'));
  for (const name of ['compare-2026-03-03T23-00-00-000Z', newest, '2026-05-01T00-00-00-000Z']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.html'), `<!doctype html><title>${name}</title>`);
    writeFileSync(join(folder, name, 'style.css'), 'p{}');
    writeFileSync(join(folder, name, 'compare.json'), '{}');
    writeFileSync(join(folder, name, 'other.json'), '{"not":"served"}');
  }
  server = await startServer({ env: { EARSHOT_REPORT_DIR: folder } });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('/compare', () => {
  test('says where the newest report is, and shows it under the policy of every page', async () => {
    const found = await fetch(`${server.url}/compare/newest.json`);
    expect(await found.json()).toEqual({ report: '/compare/report/' });
    const page = await fetch(`${server.url}/compare/report/`);
    expect(await page.text()).toContain(newest);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toContain('unsafe-inline');
  });

  test.each([
    ['style.css', 'text/css'],
    ['compare.json', 'application/json'],
  ])('serves its %s', async (file, type) => {
    const response = await fetch(`${server.url}/compare/report/${file}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
  });

  test.each(['/compare/report/other.json', '/compare/report/..%2fother.json', '/compare/report'])(
    'does not serve %s',
    async (path) => {
      const response = await fetch(server.url + path, { redirect: 'manual' });
      expect(response.status).toBe(404);
    },
  );

  test('has nothing to show where there is no report', async () => {
    const other = await startServer({ env: { EARSHOT_REPORT_DIR: join(folder, 'none') } });
    try {
      const found = await fetch(`${other.url}/compare/newest.json`);
      expect(await found.json()).toEqual({ report: null });
      expect((await fetch(`${other.url}/compare/report/`)).status).toBe(404);
    } finally {
      await other.close();
    }
  });
});
