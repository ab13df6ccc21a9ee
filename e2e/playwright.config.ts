import { defineConfig } from '@playwright/test';

/** Real browsers, real server, real speech. The client is built before: `npm run test:e2e`. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  // Two browsers, a server and a media worker per test keep two cores busy.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  // They end what hangs, and bound nothing: a machine whose cores others use stands still for many seconds.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
});
