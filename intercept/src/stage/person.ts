/** One person at one browser: what they can do, and what they are shown. */
import type { BrowserContext, Locator, Page } from 'playwright';
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { correlate, heardAtLeast, type Correlation } from '../measure/correlation.ts';
import type { Pcm } from '../measure/pcm.ts';
import { listen } from './listen.ts';
import { speechOf, type Speaker } from './speech.ts';

export interface CallKind {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

export interface HeardOptions {
  /** Whose voice is looked at; undefined for the only other person's. */
  readonly participantId?: string;
  readonly seconds?: number;
}

export interface PersonOptions {
  readonly speaker: Speaker;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the person takes for the server: it, or whatever stands in front of it. */
  readonly serverUrl: string;
}

export interface Hearing {
  readonly heard: Pcm;
  readonly correlation: Correlation;
}

/** Everything waits for what the page shows, as long as the page's default timeout. */
export class Person {
  readonly speaker: Speaker;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #serverUrl: string;
  readonly #problems: string[] = [];
  readonly #expected: RegExp[] = [];

  constructor(options: PersonOptions) {
    this.speaker = options.speaker;
    this.context = options.context;
    this.page = options.page;
    this.#serverUrl = options.serverUrl;
    // Content security policy violations are console errors too.
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.#problems.push(message.text());
    });
    this.page.on('pageerror', (error) => {
      this.#problems.push(error.message);
    });
  }

  /** Console errors and uncaught exceptions that nobody has announced. */
  get problems(): readonly string[] {
    return this.#problems.filter((text) => !this.#expected.some((known) => known.test(text)));
  }

  /** For who breaks the network: the browser writes it to the console. */
  expectConsole(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** @returns the invite link. */
  async createCall({ mode, topology }: CallKind): Promise<string> {
    await this.page.goto(this.#serverUrl);
    await this.page.getByTestId(`topology-${topology}`).check();
    await this.page.getByTestId(`mode-${mode}`).check();
    await this.page.getByTestId('create-call').click();
    await this.page.getByTestId('join').waitFor();
    return this.page.url();
  }

  /** Opens the link, or joins from the join page that is open. */
  async join(link?: string): Promise<void> {
    if (link !== undefined) await this.page.goto(link);
    await this.page.getByTestId('name').fill(this.speaker);
    await this.allowMicrophone();
    await this.page.getByTestId('join').click();
  }

  async allowMicrophone(): Promise<void> {
    const ready = this.page.locator('[data-testid="microphone-state"][data-state="ready"]');
    const allow = this.page.getByTestId('allow-microphone');
    // What is shown before these two says only that the page is looking.
    await ready.or(allow).first().waitFor();
    if (await allow.isVisible()) await allow.click();
    await ready.waitFor();
  }

  get phase(): Locator {
    return this.page.getByTestId('call-phase');
  }

  /** Of the call's page: `waiting`, `connected`, `ended`, ... */
  async waitForPhase(phase: string): Promise<void> {
    await this.page
      .locator(`[data-testid="call-phase"][data-phase="${phase}"]`)
      .waitFor({ state: 'attached' });
  }

  /** @returns why, as in `data-reason`. */
  async waitForEnd(): Promise<string> {
    await this.waitForPhase('ended');
    return (await this.phase.getAttribute('data-reason')) ?? '';
  }

  /** The tiles of the others. */
  get others(): Locator {
    return this.page.getByTestId('person');
  }

  other(name: string): Locator {
    return this.others.filter({ hasText: name });
  }

  async idOf(name: string): Promise<string> {
    const id = await this.other(name).getAttribute('data-person-id');
    if (id === null) throw new Error(`${name} has no id`);
    return id;
  }

  /** Of a call whose details are closed. */
  async openDetails(): Promise<void> {
    await this.page.getByTestId('details').click();
    await this.page.getByTestId('details-panel').waitFor();
  }

  /** The one that the open details show; of a call with one other person, with whom there are keys. */
  async safetyCode(): Promise<string> {
    return this.page.getByTestId('sas').innerText();
  }

  async hangUp(): Promise<void> {
    await this.page.getByTestId('hang-up').click();
    await this.waitForPhase('ended');
  }

  /** Records what is played. */
  listen({ participantId, seconds = 6 }: HeardOptions = {}): Promise<Pcm> {
    return listen(this.page, {
      seconds,
      ...(participantId === undefined ? {} : { participantId }),
    });
  }

  /** Records what is played and compares it with what `speaker` says. */
  async heard(speaker: Speaker, options: HeardOptions = {}): Promise<Correlation> {
    return correlate({ said: speechOf(speaker), heard: await this.listen(options) });
  }
  /** Recordings until one holds the speech of `speaker`, or time is up. @returns the last one. */
  async waitUntilHeard(
    speaker: Speaker,
    { timeoutMs = 120_000, ...options }: HeardOptions & { readonly timeoutMs?: number } = {},
  ): Promise<Hearing> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const heard = await this.listen({ seconds: 4, ...options });
      const correlation = correlate({ said: speechOf(speaker), heard });
      const isOver = correlation.score >= heardAtLeast || Date.now() >= deadline;
      if (isOver) return { heard, correlation };
    }
  }
}
