/** What is kept for the next visit: choices of the person, never keys or links. */

export type RememberedKey = 'name' | 'microphone' | 'mute-key';

const prefix = 'earshot.';

/** Undefined if nothing is stored, or if the browser keeps no storage for this site. */
export function recall(key: RememberedKey): string | undefined {
  try {
    return localStorage.getItem(prefix + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Does nothing where the browser keeps no storage for this site: the field is then filled in by hand. */
export function remember(key: RememberedKey, value: string): void {
  try {
    localStorage.setItem(prefix + key, value);
  } catch {
    return;
  }
}
