/**
 * V8's own record of a Node process's heap, as somebody gets it who may signal that process: SIGUSR1 opens its inspector,
 * on loopback, whatever it was started with. It holds every string that the process still uses, since garbage is collected
 * before, and no contents of buffers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isObject, parseJson, TapError } from './operator-listener.ts';

export interface HeapSnapshot {
  /** As it comes from the engine, in JSON. */
  readonly bytes: number;
  readonly strings: readonly string[];
}

export interface SeizedProcess {
  readonly pid: number;
  /** What the process wrote: it says there where its inspector is. Several on one machine need `inspectorEnv`. */
  readonly output: () => string;
}

/** For a process whose inspector must not want the port that others have. */
export const inspectorEnv = { NODE_OPTIONS: '--inspect-port=0' } as const;

const openTimeoutMs = 60_000;
const pollMs = 50;
/** V8 cuts strings off at 1024 characters unless told otherwise. */
const wholeStrings =
  "process.getBuiltinModule('node:v8').setFlagsFromString('--heap-snapshot-string-limit=1073741824')";

/** @throws TapError `refused`: no inspector; `malformed`: not a snapshot */
export async function heapSnapshotOf(seized: SeizedProcess): Promise<HeapSnapshot> {
  const socket = new WebSocket(await inspectorOf(seized));
  const chunks: string[] = [];
  try {
    const answers = new Map<number, PromiseWithResolvers<undefined>>();
    const opened = Promise.withResolvers<undefined>();
    socket.addEventListener('open', () => {
      opened.resolve(undefined);
    });
    const ask = async (id: number, method: string, params = {}): Promise<void> => {
      const answer = Promise.withResolvers<undefined>();
      answers.set(id, answer);
      socket.send(JSON.stringify({ id, method, params }));
      await answer.promise;
    };
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = parseJson(String(data));
      if (!isObject(message)) return;
      const { id, params } = message;
      if (isObject(params) && typeof params['chunk'] === 'string') chunks.push(params['chunk']);
      if (typeof id === 'number') answers.get(id)?.resolve(undefined);
    });
    const refuse = (): void => {
      const error = new TapError('refused', 'the inspector closed');
      for (const { reject } of [opened, ...answers.values()]) reject(error);
    };
    socket.addEventListener('close', refuse);
    socket.addEventListener('error', refuse);
    await opened.promise;
    await ask(1, 'Runtime.evaluate', { expression: wholeStrings });
    await ask(2, 'HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  } finally {
    socket.close();
  }
  return snapshotFrom(chunks.join(''));
}

async function inspectorOf({ pid, output }: SeizedProcess): Promise<string> {
  process.kill(pid, 'SIGUSR1');
  const deadline = Date.now() + openTimeoutMs;
  for (;;) {
    const url = /^Debugger listening on (ws:\S+)$/m.exec(output())?.[1];
    if (url !== undefined) return url;
    if (Date.now() > deadline) throw new TapError('refused', `no inspector of ${String(pid)}`);
    await pause(pollMs);
  }
}

function snapshotFrom(text: string): HeapSnapshot {
  const snapshot = parseJson(text);
  const strings: unknown = isObject(snapshot) ? snapshot['strings'] : undefined;
  if (!Array.isArray(strings)) throw new TapError('malformed', 'not a heap snapshot');
  return {
    bytes: Buffer.byteLength(text),
    strings: strings.filter((one): one is string => typeof one === 'string'),
  };
}
