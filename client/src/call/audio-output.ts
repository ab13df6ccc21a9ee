/** Plays what people say: one `<audio>` element per person, out of sight, found by `data-participant`. */
import type { ParticipantId } from '@earshot/protocol';

const gestures = ['pointerdown', 'keydown'] as const;

export interface AudioOutputOptions {
  /** Browsers play no sound before a gesture; the next one starts it, without anyone's doing. */
  readonly onBlocked: (isBlocked: boolean) => void;
}

export class AudioOutput {
  readonly #options: AudioOutputOptions;
  readonly #container = document.createElement('div');
  readonly #elements = new Map<ParticipantId, HTMLAudioElement>();
  readonly #resume = (): void => {
    for (const element of this.#elements.values()) void this.#start(element);
  };
  #isBlocked = false;

  constructor(options: AudioOutputOptions) {
    this.#options = options;
    this.#container.hidden = true;
    this.#container.dataset['earshot'] = 'audio';
    document.body.append(this.#container);
  }

  play(personId: ParticipantId, track: MediaStreamTrack): void {
    this.stop(personId);
    const element = document.createElement('audio');
    element.dataset['participant'] = personId;
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    this.#elements.set(personId, element);
    this.#container.append(element);
    void this.#start(element);
  }

  stop(personId: ParticipantId): void {
    const element = this.#elements.get(personId);
    if (element === undefined) return;
    this.#elements.delete(personId);
    element.srcObject = null;
    element.remove();
  }

  /** Idempotent. */
  close(): void {
    for (const personId of [...this.#elements.keys()]) this.stop(personId);
    this.#listenForGestures('off');
    this.#container.remove();
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.#setBlocked('no');
    } catch (error) {
      // AbortError: the element was stopped meanwhile.
      if (error instanceof DOMException && error.name === 'NotAllowedError')
        this.#setBlocked('yes');
    }
  }

  #setBlocked(answer: 'yes' | 'no'): void {
    const isBlocked = answer === 'yes';
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#listenForGestures(isBlocked ? 'on' : 'off');
    this.#options.onBlocked(isBlocked);
  }

  #listenForGestures(change: 'on' | 'off'): void {
    for (const gesture of gestures) {
      if (change === 'on') document.addEventListener(gesture, this.#resume);
      else document.removeEventListener(gesture, this.#resume);
    }
  }
}
