/** Draws a page once per frame at most: what a call has to do in between, and relay, goes first. */
import { options } from 'preact';

/** A hidden page gets no frames; its title and announcements still follow the call. */
const hiddenDelayMs = 100;

/** For all that Preact draws on this page, from now on. */
export function renderPerFrame(): void {
  options.debounceRendering = (draw) => {
    const run = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      draw();
    };
    const frame = requestAnimationFrame(run);
    const timer = setTimeout(run, hiddenDelayMs);
  };
}
