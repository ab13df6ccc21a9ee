/** The DevTools protocol over the pipe of a browser that was started with `--remote-debugging-pipe`. */
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

const message = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
});

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface DevtoolsPipeOptions {
  /** The browser's file descriptor 3. */
  readonly input: Writable;
  /** Its file descriptor 4. */
  readonly output: Readable;
  readonly onEvent: (method: string, params: unknown) => void;
}

/** JSON messages, each ended by a zero byte. */
export class DevtoolsPipe {
  readonly #input: Writable;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #rest = '';

  constructor({ input, output, onEvent }: DevtoolsPipeOptions) {
    this.#input = input;
    // Who writes to a browser that has ended is told by its `end`.
    input.on('error', () => undefined);
    output.setEncoding('utf8');
    output.on('data', (chunk: string) => {
      const parts = (this.#rest + chunk).split('\0');
      this.#rest = parts.pop() ?? '';
      for (const part of parts) this.#receive(message.parse(JSON.parse(part)), onEvent);
    });
    output.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser ended'));
      this.#waiting.clear();
    });
  }

  /** @throws Error what the browser says, or that it ended */
  send(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #receive(
    { id, result, error, method, params }: z.infer<typeof message>,
    onEvent: DevtoolsPipeOptions['onEvent'],
  ): void {
    if (method !== undefined) onEvent(method, params);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}
