/** Keyboard shortcuts of the call page. Buttons keep their own keys (Space, Enter). */

export type Shortcut = 'toggle-mute' | 'close-details';

/** The parts of a KeyboardEvent that decide. `isTyping`: the focus is where letters are text. */
export interface KeyPress {
  readonly key: string;
  readonly isTyping: boolean;
  /** Ctrl, Alt or Meta is down: the key belongs to the browser or the system. */
  readonly isModified: boolean;
  /** The key is held down. */
  readonly isRepeat: boolean;
}

/**
 * Whether letters act at all: who dictates to the computer must be able to switch them off (WCAG 2.2,
 * 2.1.4).
 */
export type LetterKeys = 'on' | 'off';

export function shortcutFor(press: KeyPress, letterKeys: LetterKeys): Shortcut | undefined {
  if (press.isModified || press.isRepeat) return undefined;
  if (press.key === 'Escape') return 'close-details';
  if (press.isTyping || letterKeys === 'off') return undefined;
  return press.key.toLowerCase() === 'm' ? 'toggle-mute' : undefined;
}

export function toKeyPress(event: KeyboardEvent): KeyPress {
  return {
    key: event.key,
    isTyping: isTextTarget(event.target),
    isModified: event.ctrlKey || event.altKey || event.metaKey,
    isRepeat: event.repeat,
  };
}

function isTextTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // A select takes letters as a search among its options.
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
