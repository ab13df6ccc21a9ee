/** Calls between two real browsers over the real server, placed through the page as a person would. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from '@earshot/intercept/stage/chromium';
import { speechOf, type Speaker } from '@earshot/intercept/stage/speech';
import { startStack, type Stack } from '@earshot/intercept/stage/stack';
import { writeWav } from '@earshot/intercept/measure/wav';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { withChirps } from './chirp.ts';
import type { CallKind } from './figures.ts';
import type { PlacedCall } from './probe.ts';
import { watchConnections } from './watched-connections.ts';

/** User Timing marks of one page, in milliseconds since the epoch: the same clock for all of a machine. */
export type Marks = ReadonlyMap<string, number>;

export interface CallOptions extends CallKind {
  /** What people take for the server; the bench's own by default. */
  readonly url?: string;
  /** Before the first page opens: scripts, routes. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
  /** When both people look at the join page. */
  readonly onJoinPage?: () => Promise<void>;
}

const stepTimeoutMs = 40_000;
const pollMs = 50;
/** How long a person looks at the join page at the very least, with a name to type and a level to see. */
const decisionMs = 2000;
/**
 * How long the newcomer looks at the join page of a call with somebody in it, at the very least: by then the
 * waiting page is drawn and, in `e2ee`, keys are agreed on.
 */
const inviteMs = 1000;

/** Two browsers and a server, open for as many calls as are to be measured. */
export class CallBench {
  readonly stack: Stack;
  readonly browsers: readonly [Browser, Browser];
  readonly #folder: string;

  /** Both people speak, with chirps in their pauses. The server is as shipped: without the lab's records. */
  static async start(): Promise<CallBench> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'earshot-compare-'));
    await using failed = new AsyncDisposableStack();
    failed.defer(() => rm(folder, { recursive: true, force: true }));
    const stack = await startStack({ env: { EARSHOT_LAB: '0' } });
    failed.defer(() => stack.stop());
    const first = await launch('alice', folder);
    failed.defer(() => first.close());
    const bench = new CallBench({ stack, browsers: [first, await launch('bob', folder)], folder });
    failed.move();
    return bench;
  }

  private constructor(options: {
    readonly stack: Stack;
    readonly browsers: readonly [Browser, Browser];
    readonly folder: string;
  }) {
    this.stack = options.stack;
    this.browsers = options.browsers;
    this.#folder = options.folder;
  }

  /**
   * Places a call in windows of their own, as on a device that was never here before, and hands it to
   * `use` once both have decoded the other's first frame.
   */
  async withCall<T>(options: CallOptions, use: (call: PlacedCall) => Promise<T>): Promise<T> {
    const { mode, topology, url = this.stack.url } = options;
    const contexts: BrowserContext[] = [];
    try {
      const pages: Page[] = [];
      for (const browser of this.browsers) {
        const context = await browser.newContext();
        contexts.push(context);
        await watchConnections(context);
        await options.prepare?.(context);
        const page = await context.newPage();
        page.setDefaultTimeout(stepTimeoutMs);
        pages.push(page);
      }
      const [host, newcomer] = pages;
      if (host === undefined || newcomer === undefined) throw new Error('two browsers, two pages');
      const link = await createCall(host, url, options);
      await Promise.all([enterJoinPage(host), enterJoinPage(newcomer, link)]);
      await options.onJoinPage?.();
      await host.getByTestId('join').click();
      await host.locator('[data-testid="call-phase"][data-phase="waiting"]').waitFor();
      await sleep(inviteMs);
      await newcomer.getByTestId('join').click();
      await Promise.all([host, newcomer].map((page) => waitForMark(page, 'earshot:first-audio:')));
      return await use({ mode, topology, link, host, newcomer });
    } finally {
      await Promise.allSettled(contexts.map((context) => context.close()));
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.browsers.map((browser) => browser.close()));
    await this.stack.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Marks of the client by name, the first of each; those per participant without the participant's id. */
export async function readMarks(page: Page): Promise<Marks> {
  const marks = await page.evaluate(() =>
    performance
      .getEntriesByType('mark')
      .map(({ name, startTime }) => ({ name, atMs: performance.timeOrigin + startTime })),
  );
  const first = new Map<string, number>();
  for (const { name, atMs } of marks) {
    const key = name.split(':', 2).join(':');
    if (!first.has(key)) first.set(key, atMs);
  }
  return first;
}

async function launch(speaker: Speaker, folder: string): Promise<Browser> {
  const wavFile = path.join(folder, `${speaker}.wav`);
  writeWav(wavFile, withChirps(speechOf(speaker)));
  return launchBrowser({ speaker, wavFile, microphone: 'granted' });
}

async function createCall(page: Page, url: string, { mode, topology }: CallKind): Promise<string> {
  await page.goto(url);
  await page.getByTestId(`topology-${topology}`).check();
  await page.getByTestId(`mode-${mode}`).check();
  await page.getByTestId('create-call').click();
  await page.getByTestId('join').waitFor();
  return page.url();
}

/** Everything before the click that joins. None of it is measured. */
async function enterJoinPage(page: Page, link?: string): Promise<void> {
  if (link !== undefined) await page.goto(link);
  await page.getByTestId('name').fill('someone');
  const ready = page.locator('[data-testid="microphone-state"][data-state="ready"]');
  const allow = page.getByTestId('allow-microphone');
  await ready.or(allow).first().waitFor();
  if (await allow.isVisible()) await allow.click();
  await ready.waitFor();
  await sleep(decisionMs);
}

/** Looks now and then, so that looking costs next to nothing: the mark holds the time. */
async function waitForMark(page: Page, prefix: string): Promise<void> {
  const deadline = Date.now() + stepTimeoutMs;
  for (;;) {
    const names = await page.evaluate(() =>
      performance.getEntriesByType('mark').map(({ name }) => name),
    );
    if (names.some((name) => name.startsWith(prefix))) return;
    if (names.includes('earshot:failure') || Date.now() > deadline) {
      throw new Error(`no ${prefix} but ${names.join(', ')}`);
    }
    await sleep(pollMs);
  }
}
