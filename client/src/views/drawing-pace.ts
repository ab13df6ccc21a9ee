/** When a page is drawn: once per frame at most, and less often while a call connects. */
import { options } from 'preact';

/** A hidden page gets no frames; its title and announcements still follow the call. */
const hiddenDelayMs = 100;
/**
 * From one drawing to the next while a call connects: its state changes many times within moments, and on a slow machine
 * drawing each of them takes longer than what has to be done for the call.
 */
const restMs = 250;
/** What a person does is seen in the next frame. */
const deeds = ['pointerdown', 'click', 'keydown', 'input'] as const;

export class DrawingPace {
  #draw: (() => void) | undefined;
  /** -Infinity while something is awaited: the first drawing, or what follows a deed. */
  #drawnAtMs = -Infinity;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #holds = 0;

  /**
   * For all that Preact draws, from now on.
   * @param people where what they do arrives
   */
  begin(people: EventTarget): void {
    options.debounceRendering = (draw) => {
      this.#draw = draw;
      const restLeftMs = this.#drawnAtMs + restMs - performance.now();
      if (this.#holds > 0 && restLeftMs > 0) {
        this.#timer = setTimeout(this.#drawNextFrame, restLeftMs);
      } else {
        this.#drawNextFrame();
      }
    };
    const onDeed = (): void => {
      this.#drawnAtMs = -Infinity;
      if (this.#draw !== undefined) this.#drawNextFrame();
    };
    for (const deed of deeds) people.addEventListener(deed, onDeed, { capture: true });
  }

  /** From now on, the first drawing included. @returns what ends it. */
  holdBack(): () => void {
    if (this.#holds === 0 && this.#drawnAtMs > -Infinity) this.#drawnAtMs = performance.now();
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
    };
  }

  readonly #drawNextFrame = (): void => {
    this.#forget();
    this.#frame = requestAnimationFrame(this.#drawNow);
    this.#timer = setTimeout(this.#drawNow, hiddenDelayMs);
  };

  readonly #drawNow = (): void => {
    this.#forget();
    this.#drawnAtMs = performance.now();
    const draw = this.#draw;
    this.#draw = undefined;
    draw?.();
  };

  #forget(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }
}

/** Of this page. */
export const drawingPace = new DrawingPace();
