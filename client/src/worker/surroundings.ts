/** What keying is handed because it has none of its own: randomness and time. */
import { pinnedBytes, type RandomBytes } from '@earshot/keying/bytes';
import type { Scheduler } from '@earshot/keying/session';

export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(pinnedBytes(length));

export const timers: Scheduler = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
