/** Earshot as shipped: signaling over sockets, rooms on its media worker. */
import { childrenOf } from '@earshot/intercept/stage/process-tree';
import { startStack } from '@earshot/intercept/stage/stack';
import { CallMembership } from '@earshot/peer/call-membership';
import { createCall } from '@earshot/peer/create-call';
import { plainCapabilities } from '@earshot/peer/opus-parameters';
import type { ForwardingServer } from './forwarding-server.ts';
import { MediasoupPerson, type MediasoupSeat, type RoomProducers } from './mediasoup-person.ts';

/** Only what a load from one address needs: rooms of a hundred, and limits per address out of the way. */
const loadEnvironment = {
  EARSHOT_LAB: '0',
  EARSHOT_ROOM_CAPACITY: '100',
  EARSHOT_RATE_SCALE: '1000',
  METRICS_PORT: 'off',
};

/**
 * Sealed frames in calls of mode `e2ee`. Its people do not agree on keys: that is between them, and what
 * the server forwards is the same.
 */
const call = { mode: 'e2ee', topology: 'room' } as const;

export async function startEarshotServer(): Promise<ForwardingServer> {
  await using starting = new AsyncDisposableStack();
  const stack = await startStack({ env: loadEnvironment });
  starting.defer(() => stack.stop());
  const { pid } = stack.process;
  if (pid === undefined) throw new Error('the server has no process');
  const opened = starting.move();
  return {
    processIds: [pid, ...childrenOf(pid)],
    openRoom: async () => {
      const callId = await createCall({ serverUrl: stack.url, ...call });
      const producers: RoomProducers = new Map();
      let entered = 0;
      return {
        enter: async () => {
          const membership = await CallMembership.join({
            ...{ serverUrl: stack.url, callId, ...call },
            ...{ name: `load ${entered++}`, isMuted: false },
          });
          opened.defer(() => {
            membership.close();
          });
          // Who came and went is known here already.
          membership.listen(() => undefined);
          return new MediasoupPerson(seatOf(membership), producers, opened);
        },
      };
    },
    close: () => opened.disposeAsync(),
  };
}

function seatOf(membership: CallMembership): MediasoupSeat {
  const rtpCapabilities = plainCapabilities(membership.joined.rtpCapabilities);
  return {
    createTransport: (direction) => membership.request('createTransport', { direction }),
    connectTransport: (transportId, dtlsParameters) =>
      membership.request('connectTransport', { transportId, dtlsParameters }),
    produce: async (transportId, rtpParameters) => {
      const { producerId } = await membership.request('produce', { transportId, rtpParameters });
      return producerId;
    },
    consume: async (transportId, producerId) => {
      const wanted = { transportId, producerId, rtpCapabilities };
      const { consumerId } = await membership.request('consume', wanted);
      await membership.request('resumeConsumer', { consumerId });
    },
  };
}
