/** What several runs look at and none changes is made once per server. */
import type { Stack } from './stack.ts';

export interface OncePerStack<T> {
  /** @returns what was made for this stack under this name; one that failed is made again for the next who asks. */
  (stack: Stack, name: string, make: () => Promise<T>): Promise<T>;
}

export function oncePerStack<T>(): OncePerStack<T> {
  const madeOn = new WeakMap<Stack, Map<string, Promise<T>>>();
  return (stack, name, make) => {
    const made = madeOn.get(stack) ?? new Map<string, Promise<T>>();
    madeOn.set(stack, made);
    const known = made.get(name);
    if (known !== undefined) return known;
    const making = make();
    made.set(name, making);
    making.catch(() => made.delete(name));
    return making;
  };
}
