/** Decides from a connection's states when to restart ICE and when to give up. */

/** RFC 7675 consent runs out later; most dips of a Wi-Fi end sooner. */
const patienceMs = 4000;
const betweenRestartsMs = 6000;
const giveUpMs = 30_000;

export interface LinkWatchOptions {
  readonly onLink: (link: 'up' | 'down') => void;
  /** Start ICE again, if it is this side's turn. */
  readonly onRestart: () => void;
  readonly onGiveUp: () => void;
}

export class LinkWatch {
  readonly #options: LinkWatchOptions;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #giveUpTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
  }

  update(state: RTCPeerConnectionState): void {
    if (this.#isClosed) return;
    switch (state) {
      case 'new':
      case 'closed':
        return;
      case 'connecting':
        // A connection that never comes up is given up as well; one that nobody needs yet stays `new`.
        this.#giveUpLater();
        return;
      case 'connected':
        this.#clear();
        this.#options.onLink('up');
        return;
      case 'disconnected':
        this.#options.onLink('down');
        this.#giveUpLater();
        this.#restartIn(patienceMs);
        return;
      case 'failed':
        this.#options.onLink('down');
        this.#giveUpLater();
        this.#restartIn(0);
    }
  }

  /** Signaling came back: a restart that could not be asked for can be now. */
  retryNow(): void {
    if (this.#restartTimer !== undefined) this.#restartIn(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#clear();
  }

  #restartIn(delayMs: number): void {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      this.#restartIn(betweenRestartsMs);
      this.#options.onRestart();
    }, delayMs);
  }

  #giveUpLater(): void {
    this.#giveUpTimer ??= setTimeout(() => {
      this.close();
      this.#options.onGiveUp();
    }, giveUpMs);
  }

  #clear(): void {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#giveUpTimer);
    this.#restartTimer = undefined;
    this.#giveUpTimer = undefined;
  }
}
