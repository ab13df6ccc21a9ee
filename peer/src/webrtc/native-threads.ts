/** libdatachannel's threads keep a process alive until they are told that nobody needs them. */
import { cleanup } from 'node-datachannel';

/**
 * How long they are kept for a next connection. Told at once, they would still be busy with the end of the
 * last one, and a connection made in that moment can fail.
 */
const lingerMs = 500;

let holders = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * To be called before each connection. The threads end after the last release; the next hold starts them anew.
 * @returns the release, for when the connection is closed.
 */
export function holdNativeThreads(): () => void {
  holders++;
  clearTimeout(timer);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    holders--;
    if (holders === 0) timer = setTimeout(cleanup, lingerMs);
  };
}
