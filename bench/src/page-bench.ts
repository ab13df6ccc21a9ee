/** Builds the pages of the benchmark as the product is built, serves them, and opens them in a browser. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '@earshot/intercept/stage/chromium';
import type { Browser, Page } from '@playwright/test';
import { build } from 'vite';

export type PageName = 'cipher' | 'renderer';

const sources = fileURLToPath(new URL('../pages', import.meta.url));
const pageNames: readonly PageName[] = ['cipher', 'renderer'];
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

export class PageBench {
  readonly browser: Browser;
  readonly #folder: string;
  readonly #server: Server;
  readonly #url: string;

  static async start(): Promise<PageBench> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'earshot-bench-'));
    try {
      await build({
        root: sources,
        configFile: false,
        logLevel: 'error',
        build: {
          outDir: folder,
          emptyOutDir: true,
          target: 'es2022',
          rolldownOptions: { input: pageNames.map((name) => path.join(sources, `${name}.html`)) },
        },
        worker: { format: 'es' },
      });
      const server = createServer((request, response) => {
        void respond(folder, request.url ?? '/').then(({ status, type, body }) => {
          response.writeHead(status, {
            'content-type': type,
            // Isolated, so that the page's clock ticks in 5 microseconds instead of 100.
            'cross-origin-opener-policy': 'same-origin',
            'cross-origin-embedder-policy': 'require-corp',
          });
          response.end(body);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const browser = await launchBrowser({ speaker: 'alice', microphone: 'granted' });
      return new PageBench({ folder, server, browser });
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  private constructor(options: {
    readonly folder: string;
    readonly server: Server;
    readonly browser: Browser;
  }) {
    this.#folder = options.folder;
    this.#server = options.server;
    this.browser = options.browser;
    const address = options.server.address();
    if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
    // localhost: browsers give microphones to it without TLS.
    this.#url = `http://localhost:${address.port}`;
  }

  async open(name: PageName): Promise<Page> {
    const page = await this.browser.newPage();
    page.on('pageerror', (error) => {
      console.error(`${name} page: ${error.message}`);
    });
    await page.goto(`${this.#url}/${name}.html`);
    await page.waitForFunction(() => globalThis.benchPage !== undefined);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer | string;
}

async function respond(folder: string, url: string): Promise<Answer> {
  const file = path.join(folder, path.normalize(new URL(url, 'http://localhost').pathname));
  const type = contentTypes[path.extname(file)];
  if (type === undefined) return { status: 404, type: 'text/plain', body: '' };
  try {
    return { status: 200, type, body: await readFile(file) };
  } catch {
    return { status: 404, type: 'text/plain', body: '' };
  }
}
