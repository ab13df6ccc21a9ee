/**
 * People who arrive one after the other: a socket, `hello`, `join`, and they stay. The same client code for
 * Earshot and the echo; it reads answers no further than whether they are refusals.
 */
import process from 'node:process';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { moveToCore } from '../load/cores.ts';
import { cpuMsOf } from '../load/process-usage.ts';
import { arrivalOrder, type ArrivalOrder, type ArrivalResult } from './arrival-messages.ts';
import { startTarget, type ArrivalTarget } from './arrival-target.ts';

const refusal = z.looseObject({ ok: z.literal(false) });
const timeoutMs = 10_000;
/** Before the clock runs: compiled code is what a server has that is up for a minute. */
const warmUpArrivals = 40;

const opened = new AsyncDisposableStack();
process.once('message', (message) => {
  void run(arrivalOrder.parse(message))
    .catch((error: unknown) => ({ failed: String(error) }))
    .then(async (report) => {
      await opened.disposeAsync();
      if (process.connected) process.send?.(report, () => process.exit(0));
    });
});
process.once('disconnect', () => {
  void opened.disposeAsync().finally(() => process.exit(0));
});

async function run(order: ArrivalOrder): Promise<ArrivalResult> {
  const target = await startTarget(order);
  opened.defer(() => target.close());
  moveToCore(order.serverCore, target.processIds);
  const joins = await openRooms(target, order);
  await arriveAll(joins.slice(0, warmUpArrivals), target, order.atOnce);
  const cpuBeforeMs = cpuMsOf(target.processIds);
  const ownBeforeMs = cpuMsOf([process.pid]);
  const startedAtMs = performance.now();
  const arrived = await arriveAll(joins.slice(warmUpArrivals), target, order.atOnce);
  return {
    elapsedMs: performance.now() - startedAtMs,
    serverCpuMs: cpuMsOf(target.processIds) - cpuBeforeMs,
    clientCpuMs: cpuMsOf([process.pid]) - ownBeforeMs,
    latenciesMs: arrived.map(({ latencyMs }) => latencyMs),
    sizes: {
      request: meanOf(arrived.map(({ requestBytes }) => requestBytes)),
      answer: meanOf(arrived.map(({ answerBytes }) => answerBytes)),
      event: meanOf(eventBytes),
    },
  };
}

/** What each of the arrivals says; the calls exist before anybody comes. */
async function openRooms(target: ArrivalTarget, order: ArrivalOrder): Promise<unknown[]> {
  const joins: unknown[] = [];
  const wanted = order.arrivals + warmUpArrivals;
  while (joins.length < wanted) {
    const join = await target.openRoom();
    for (let i = 0; i < order.roomSize && joins.length < wanted; i++) joins.push(join);
  }
  return joins;
}

interface Arrival {
  readonly latencyMs: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
}

const eventBytes: number[] = [];

async function arriveAll(
  joins: readonly unknown[],
  target: ArrivalTarget,
  atOnce: number,
): Promise<Arrival[]> {
  const arrived: Arrival[] = [];
  const waiting = [...joins];
  const arriveInTurn = async (): Promise<void> => {
    for (let join = waiting.shift(); join !== undefined; join = waiting.shift()) {
      arrived.push(await arrive(target, join));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, arriveInTurn));
  return arrived;
}

async function arrive(target: ArrivalTarget, join: unknown): Promise<Arrival> {
  const startedAtMs = performance.now();
  const socket = io(target.url, {
    ...{ transports: ['websocket'], reconnection: false, forceNew: true, timeout: timeoutMs },
  });
  opened.defer(() => void socket.disconnect());
  socket.on('event', (event: unknown) => eventBytes.push(sizeOf(event)));
  await greeted(socket);
  await ask(socket, 'hello', target.hello);
  const answer = await ask(socket, 'join', join);
  return {
    latencyMs: performance.now() - startedAtMs,
    requestBytes: sizeOf(join),
    answerBytes: sizeOf(answer),
  };
}

function greeted(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('welcome', () => {
      resolve();
    });
    socket.once('connect_error', reject);
  });
}

async function ask(socket: Socket, verb: string, request: unknown): Promise<unknown> {
  const answer: unknown = await socket.timeout(timeoutMs).emitWithAck(verb, request);
  if (refusal.safeParse(answer).success) throw new Error(`${verb}: ${JSON.stringify(answer)}`);
  return answer;
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length;
}

function meanOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.length === 0 ? 0 : Math.round(sum / values.length);
}
