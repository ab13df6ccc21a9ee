/** What several runs look at and none changes is made once per server. */
import type { Stack } from './stack.ts';

/** @returns `make`, whose result each stack keeps; one that failed is made again for the next who asks. */
export function oncePerStack<T>(make: (stack: Stack) => Promise<T>): (stack: Stack) => Promise<T> {
  const made = new WeakMap<Stack, Promise<T>>();
  return (stack) => {
    const known = made.get(stack);
    if (known !== undefined) return known;
    const making = make(stack);
    made.set(stack, making);
    making.catch(() => made.delete(stack));
    return making;
  };
}
