/** Browsers as calls need them: one process per microphone, because the file that it plays is a launch flag. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { chromiumFlags } from './chromium-flags.ts';
import { keepPhaseHistory } from './phase-history.ts';
import { speechPath, type Speaker } from './speech.ts';

export interface BrowserOptions {
  readonly speaker: Speaker;
  /** A WAV file that the microphone plays in a loop, in place of the speaker's speech. */
  readonly wavFile?: string;
  /** What the browser says when a page asks for the microphone. */
  readonly microphone: 'granted' | 'denied' | 'missing';
}

export function launchBrowser(options: BrowserOptions): Promise<Browser> {
  const executablePath = process.env['EARSHOT_CHROMIUM'];
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    // Who runs browsers closes them, in order; they end by themselves when this process does.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...chromiumFlags,
      '--autoplay-policy=no-user-gesture-required',
      ...microphoneFlags(options),
    ],
  });
}

function microphoneFlags({ speaker, wavFile, microphone }: BrowserOptions): string[] {
  const file = `--use-file-for-fake-audio-capture=${wavFile ?? speechPath(speaker)}`;
  switch (microphone) {
    case 'granted':
      return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', file];
    case 'denied':
      return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny', file];
    case 'missing':
      // A fake device cannot be counted down to none: `device-count` is about cameras.
      return ['--disable-audio-input', '--use-fake-ui-for-media-stream'];
  }
}

export interface WindowOptions {
  /** Before the first page opens: scripts, routes. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
  /** Light on a desktop unless stated. */
  readonly appearance?: 'dark' | 'phone';
}

/** A browser window as on a device that was never here before. It keeps what its call has shown. */
export async function openWindow(
  browser: Browser,
  { prepare, appearance }: WindowOptions,
): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({
    ...(appearance === 'dark' && { colorScheme: 'dark' as const }),
    ...(appearance === 'phone' && { viewport: { width: 360, height: 740 } }),
  });
  await keepPhaseHistory(context);
  await prepare?.(context);
  return { context, page: await context.newPage() };
}

/** One browser per voice and microphone, launched when first asked for. */
export class BrowserPool {
  readonly #browsers = new Map<string, Promise<Browser>>();

  browserOf(options: BrowserOptions): Promise<Browser> {
    const key = `${options.speaker} ${options.microphone} ${options.wavFile ?? ''}`;
    const known = this.#browsers.get(key) ?? launchBrowser(options);
    this.#browsers.set(key, known);
    return known;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const launched = [...this.#browsers.values()];
    this.#browsers.clear();
    for (const browser of await Promise.allSettled(launched)) {
      if (browser.status === 'fulfilled') await browser.value.close();
    }
  }
}
