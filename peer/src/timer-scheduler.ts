import type { Scheduler } from '@earshot/keying/session';

/** Timers that do not keep the process alive. */
export const timerScheduler: Scheduler = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
