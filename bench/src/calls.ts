/** Calls between two real browsers over the real server, placed through the page as a person would. */
import { launchBrowser } from '@earshot/intercept/stage/chromium';
import type { Speaker } from '@earshot/intercept/stage/speech';
import { startStack, type Stack } from '@earshot/intercept/stage/stack';
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { Browser, BrowserContext, Page } from '@playwright/test';

export interface CallKind {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

/** User Timing marks of one page, in milliseconds since the epoch: the same clock for all of a machine. */
export type Marks = ReadonlyMap<string, number>;

export interface PlacedCall {
  readonly link: string;
  /** Who opened the call and waited. */
  readonly host: Page;
  /** Who came by the link. */
  readonly newcomer: Page;
}

export type Prepare = (context: BrowserContext) => Promise<void>;

const stepTimeoutMs = 40_000;
const pollMs = 50;
/** How long a person looks at the join page at the very least, with a name to type and a level to see. */
const decisionMs = 2000;

/** Two browsers and a server, open for as many calls as are to be measured. */
export class CallBench {
  readonly stack: Stack;
  readonly #browsers: readonly [Browser, Browser];

  static async start(): Promise<CallBench> {
    const stack = await startStack();
    try {
      return new CallBench(stack, [await launch('alice'), await launch('bob')]);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  private constructor(stack: Stack, browsers: readonly [Browser, Browser]) {
    this.stack = stack;
    this.#browsers = browsers;
  }

  /**
   * Places a call in windows of their own, as on a device that was never here before, and hands it to
   * `use` once both have decoded the other's first frame.
   */
  async withCall<T>(
    kind: CallKind,
    use: (call: PlacedCall) => Promise<T>,
    prepare?: Prepare,
  ): Promise<T> {
    const contexts: BrowserContext[] = [];
    try {
      const pages: Page[] = [];
      for (const browser of this.#browsers) {
        const context = await browser.newContext();
        contexts.push(context);
        await prepare?.(context);
        const page = await context.newPage();
        page.setDefaultTimeout(stepTimeoutMs);
        pages.push(page);
      }
      const [host, newcomer] = pages;
      if (host === undefined || newcomer === undefined) throw new Error('two browsers, two pages');
      const link = await createCall(host, this.stack.url, kind);
      await Promise.all([enterJoinPage(host), enterJoinPage(newcomer, link)]);
      await host.getByTestId('join').click();
      await host.locator('[data-testid="call-phase"][data-phase="waiting"]').waitFor();
      await newcomer.getByTestId('join').click();
      await Promise.all([host, newcomer].map((page) => waitForMark(page, 'earshot:first-audio:')));
      return await use({ link, host, newcomer });
    } finally {
      for (const context of contexts) await context.close();
    }
  }

  async close(): Promise<void> {
    for (const browser of this.#browsers) await browser.close();
    await this.stack.stop();
  }
}

/** Marks of the client by name; those per participant without the participant's id. */
export async function readMarks(page: Page): Promise<Marks> {
  const marks = await page.evaluate(() =>
    performance
      .getEntriesByType('mark')
      .map(({ name, startTime }) => ({ name, atMs: performance.timeOrigin + startTime })),
  );
  return new Map(marks.map(({ name, atMs }) => [name.split(':', 2).join(':'), atMs]));
}

function launch(speaker: Speaker): Promise<Browser> {
  return launchBrowser({ speaker, microphone: 'granted' });
}

async function createCall(page: Page, url: string, { mode, topology }: CallKind): Promise<string> {
  await page.goto(url);
  await page.getByTestId(`topology-${topology}`).check({ force: true });
  await page.getByTestId(`mode-${mode}`).check({ force: true });
  await page.getByTestId('create-call').click();
  await page.getByTestId('join').waitFor();
  return page.url();
}

/** Everything before the click that joins. None of it is measured. */
async function enterJoinPage(page: Page, link?: string): Promise<void> {
  if (link !== undefined) await page.goto(link);
  await page.getByTestId('name').fill('someone');
  const state = page.getByTestId('microphone-state');
  const allow = page.getByTestId('allow-microphone');
  await state.or(allow).first().waitFor();
  if (await allow.isVisible()) await allow.click();
  await page.locator('[data-testid="microphone-state"][data-state="ready"]').waitFor();
  await new Promise((resolve) => setTimeout(resolve, decisionMs));
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
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
