/** libdatachannel's threads keep a process alive until they are told that nobody needs them. */
import { cleanup } from 'node-datachannel';

let holders = 0;

/**
 * To be called before each connection. The threads end with the last release; the next hold starts them anew.
 * @returns the release, for when the connection is closed.
 */
export function holdNativeThreads(): () => void {
  holders++;
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    holders--;
    // Not from within a callback of theirs.
    setImmediate(() => {
      if (holders === 0) cleanup();
    });
  };
}
