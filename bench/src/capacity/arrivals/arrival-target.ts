/** The two servers that people arrive at, and what they say there. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childrenOf } from '@earshot/intercept/stage/process-tree';
import { startStack } from '@earshot/intercept/stage/stack';
import { createCall } from '@earshot/peer/create-call';
import { protocolVersion } from '@earshot/protocol';
import type { ArrivalOrder } from './arrival-messages.ts';

export interface ArrivalTarget {
  readonly url: string;
  readonly processIds: readonly number[];
  /** @returns what the next room's people send with `join`. */
  openRoom(): Promise<unknown>;
  /** What is sent with `hello`. */
  readonly hello: unknown;
  close(): Promise<void>;
}

const call = { mode: 'e2ee', topology: 'room' } as const;
const echoProgram = fileURLToPath(new URL('echo-server.ts', import.meta.url));

export function startTarget(order: ArrivalOrder): Promise<ArrivalTarget> {
  switch (order.server) {
    case 'earshot':
      return startEarshot(order);
    case 'socketio':
      return startEcho(order);
  }
}

async function startEarshot({ roomSize }: ArrivalOrder): Promise<ArrivalTarget> {
  const stack = await startStack({
    env: {
      EARSHOT_LAB: '0',
      EARSHOT_RATE_SCALE: '1000',
      EARSHOT_ROOM_CAPACITY: String(Math.max(2, roomSize)),
      METRICS_PORT: 'off',
    },
  });
  const { pid } = stack.process;
  if (pid === undefined) throw new Error('the server has no process');
  return {
    url: stack.url,
    processIds: [pid, ...childrenOf(pid)],
    hello: { id: 'hello', input: { protocol: protocolVersion } },
    openRoom: async () => {
      const callId = await createCall({ serverUrl: stack.url, ...call });
      return { id: 'join', input: { callId, ...call, name: 'someone', isMuted: false } };
    },
    close: () => stack.stop(),
  };
}

async function startEcho({ sizes }: ArrivalOrder): Promise<ArrivalTarget> {
  const child = fork(echoProgram, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const url: unknown = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the echo server ended')));
  });
  if (child.pid === undefined) throw new Error('the echo server has no process');
  let rooms = 0;
  return {
    url: String(url),
    processIds: [child.pid],
    hello: {},
    openRoom: () => {
      const room = `room ${rooms++}`;
      const rest = { room, answerBytes: sizes.answer, eventBytes: sizes.event };
      return Promise.resolve({ ...rest, padding: 'x'.repeat(paddingBytes(rest, sizes.request)) });
    },
    close: async () => {
      if (child.connected) child.disconnect();
      const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(killer);
    },
  };
}

/** So that the request, with the field that holds it, is as long as the one it stands for. */
function paddingBytes(rest: object, wanted: number): number {
  const field = ',"padding":""'.length;
  return Math.max(0, wanted - JSON.stringify(rest).length - field);
}
