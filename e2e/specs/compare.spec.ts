/** The page that compares the modes, with and without a report of what was measured on the server's machine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keyingModes, modes } from '@earshot/keying/mode';
import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test as base } from '../fixtures/test.ts';

const test = base.extend<{ readonly reports: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the pattern to learn what a fixture needs
  reports: async ({}, use) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'earshot-reports-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

test('the modes stand side by side, one click from the start page', async ({
  invite,
  serve,
  reports,
}) => {
  const stack = await serve({ env: { EARSHOT_REPORT_DIR: reports } });
  const { page } = await invite('alice', { serverUrl: stack.url });
  await page.goto(stack.url);
  await page.getByTestId('to-compare').click();
  const table = page.getByTestId('compare-table');
  for (const mode of keyingModes) {
    await expect(table).toContainText(modes[mode].title);
    await expect(table).toContainText(modes[mode].whoCanHear.room);
  }
  // Nothing was measured here: no link that leads nowhere.
  await expect(page.getByText('npm run compare')).toBeVisible();
  await expect(page.getByTestId('compare-report')).toHaveCount(0);
  await expectAccessible(page, 'compare');
});

test('the newest report is one click away, and nothing beside it is served', async ({
  invite,
  serve,
  reports,
}) => {
  for (const [name, title] of [
    ['compare-2026-01-01T00-00-00-000Z', 'older'],
    ['compare-2026-02-01T00-00-00-000Z', 'newest'],
    // Where the lab keeps keys and speech.
    ['2026-03-01T00-00-00-000Z', 'lab'],
  ] as const) {
    mkdirSync(path.join(reports, name));
    const page = `<!doctype html><link rel="icon" href="data:," /><h1>${title}</h1>`;
    writeFileSync(path.join(reports, name, 'index.html'), page);
    writeFileSync(path.join(reports, name, 'keys.txt'), 'secret');
  }
  const stack = await serve({ env: { EARSHOT_REPORT_DIR: reports } });
  const { page } = await invite('alice', { serverUrl: stack.url });
  await page.goto(`${stack.url}/compare`);
  await page.getByTestId('compare-report').click();
  await expect(page.getByRole('heading')).toHaveText('newest');
  for (const elsewhere of ['keys.txt', '../2026-03-01T00-00-00-000Z/', '%2e%2e/keys.txt']) {
    const response = await fetch(`${stack.url}/compare/report/${elsewhere}`);
    expect(response.status, elsewhere).toBe(404);
  }
});
