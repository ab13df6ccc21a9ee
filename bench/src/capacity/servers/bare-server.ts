/** mediasoup driven directly: the reference for what Earshot puts around it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { transportOptions } from '@earshot/protocol';
import { bareAnswer, type BareRequest } from './bare-messages.ts';
import type { ForwardingServer } from './forwarding-server.ts';
import { MediasoupPerson, type MediasoupSeat, type RoomProducers } from './mediasoup-person.ts';

type Ask = (request: BareRequest) => Promise<unknown>;
type Answer = (answer: { result?: unknown; error?: string | undefined }) => void;

const program = fileURLToPath(new URL('bare-sfu.ts', import.meta.url));

/** @throws Error when it does not start */
export async function startBareServer(): Promise<ForwardingServer> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const opened = new AsyncDisposableStack();
  opened.defer(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  const waiting = new Map<number, Answer>();
  const ready = Promise.withResolvers<unknown>();
  child.on('message', (message) => {
    const { id, ...answer } = bareAnswer.parse(message);
    if (id === -1) ready.resolve(answer.result);
    else waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  child.once('exit', () => {
    ready.reject(new Error('the bare media server ended'));
    for (const give of waiting.values()) give({ error: 'the bare media server ended' });
  });
  let calls = 0;
  const ask: Ask = (request) =>
    new Promise((resolve, reject) => {
      const id = calls++;
      waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(`${request.verb}: ${error}`));
      });
      child.send({ id, request });
    });
  const workerId = await ready.promise;
  if (typeof workerId !== 'number' || child.pid === undefined) throw new Error('no worker');
  return {
    processIds: [child.pid, workerId],
    openRoom: async () => {
      const roomId = String(await ask({ verb: 'openRoom' }));
      const producers: RoomProducers = new Map();
      const seat = seatIn(roomId, ask);
      return { enter: () => Promise.resolve(new MediasoupPerson(seat, producers, opened)) };
    },
    close: () => opened.disposeAsync(),
  };
}

function seatIn(roomId: string, ask: Ask): MediasoupSeat {
  return {
    createTransport: async () =>
      transportOptions.parse(await ask({ verb: 'createTransport', roomId })),
    connectTransport: (transportId, dtlsParameters) =>
      ask({ verb: 'connectTransport', transportId, dtlsParameters }),
    produce: async (transportId, rtpParameters) =>
      String(await ask({ verb: 'produce', transportId, rtpParameters })),
    consume: (transportId, producerId) => ask({ verb: 'consume', transportId, producerId }),
  };
}
