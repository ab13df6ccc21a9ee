import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumFlags } from './intercept/src/stage/chromium-flags.ts';

const ignored = ['**/node_modules/**', '**/dist/**'];

/** Ends what hangs. No test is about time: a machine whose cores others use stands still for many seconds. */
const limits = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000 } },
};

/** Found or installed by `infra/run.mjs --chromium`; without it Playwright looks for its own. */
const chromium = process.env['EARSHOT_CHROMIUM'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['**/*.test.{ts,tsx,mjs}'],
          exclude: [...ignored, 'e2e/**'],
          environment: 'node',
          ...limits,
        },
      },
      {
        // The same vectors and properties on the engine that places the calls.
        test: {
          name: 'browser',
          include: ['keying/**/*.test.ts'],
          exclude: [...ignored, '**/*.node.test.ts'],
          ...limits,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(chromium === undefined ? {} : { executablePath: chromium }),
                args: [...chromiumFlags],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
