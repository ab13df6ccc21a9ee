import { expect, it } from 'vitest';
import type { ForwardingServer, RoomPerson } from '../servers/forwarding-server.ts';
import { assemble, consumersOf } from './assembly.ts';
import { FrameLedger } from './frame-ledger.ts';
import type { Layout } from './load-messages.ts';

/** Version 2, payload type 111, and nothing else. */
const rtpHeader = Buffer.from('806f00000000000000000000', 'hex');

/** A server that forwards at once, and writes down in which order people came. */
function serverOf() {
  const steps: string[] = [];
  const underWay = { now: 0, most: 0 };
  const waited = async (): Promise<void> => {
    underWay.most = Math.max(underWay.most, ++underWay.now);
    await new Promise(setImmediate);
    underWay.now--;
  };
  let rooms = 0;
  const server: ForwardingServer = {
    processIds: [],
    openRoom: () => {
      const room = rooms++;
      const people: { person: RoomPerson; onRtp: (packet: Uint8Array) => void }[] = [];
      return Promise.resolve({
        enter: async () => {
          await waited();
          const person: RoomPerson = {
            speak: async () => {
              await waited();
              steps.push(`speak ${room}`);
              const send = (payload: Uint8Array): boolean => {
                steps.push(`send ${room}`);
                for (const { person: other, onRtp } of people)
                  if (other !== person) onRtp(Buffer.concat([rtpHeader, payload]));
                return true;
              };
              return { send };
            },
            listen: async (onRtp) => {
              await waited();
              steps.push(onRtp === undefined ? `listen ${room}` : `probe ${room}`);
              if (onRtp !== undefined) people.push({ person, onRtp });
            },
          };
          return person;
        },
      });
    },
    close: () => Promise.resolve(),
  };
  return { server, steps, underWay };
}

async function assembled(layout: Layout) {
  const { server, ...seen } = serverOf();
  const ledger = new FrameLedger();
  let frames = 0;
  const speechOf = (speakerId: string) => () => Buffer.from(`${speakerId} frame ${100 + frames++}`);
  const assembly = await assemble({ server, layout, ledger, speechOf });
  return { assembly, ledger, ...seen };
}

it('who listens comes when all speak, and one in ten is read', async () => {
  const { assembly, steps } = await assembled({
    ...{ kind: 'audience', rooms: 2, speakers: 3, listeners: 21 },
  });
  expect(assembly.people).toBe(48);
  expect(steps.slice(0, 6).every((step) => step.startsWith('speak'))).toBe(true);
  expect(steps.slice(6)).toHaveLength(42);
  expect(steps.filter((step) => step === 'probe 0')).toHaveLength(3);
  expect(steps.filter((step) => step === 'probe 1')).toHaveLength(3);
  for (const { listeners, probes } of assembly.speakers)
    expect({ listeners, probes }).toEqual({ listeners: 21, probes: 3 });
});

it('in a meeting everybody hears all others of the room, and nobody themselves', async () => {
  const { assembly } = await assembled({ kind: 'meeting', rooms: 2, people: 12 });
  expect(assembly.people).toBe(24);
  expect(assembly.speakers.map(({ listeners }) => listeners)).toEqual(Array(24).fill(11));
  // Two of a room are read, and do not hear themselves.
  const probes = assembly.speakers.map((speaker) => speaker.probes);
  expect(probes.toSorted()).toEqual([...Array<number>(4).fill(1), ...Array<number>(20).fill(2)]);
});

it('any number of speakers spreads over all rooms, and is heard there', async () => {
  const { assembly, ledger, steps } = await assembled({
    ...{ kind: 'audience', rooms: 3, speakers: 2, listeners: 1 },
  });
  ledger.open();
  for (const speaker of assembly.speakers.slice(0, 3)) expect(speaker.send()).toBe(true);
  expect(steps.slice(-3)).toEqual(['send 0', 'send 1', 'send 2']);
  expect(ledger.arrivals.delaysMs).toHaveLength(3);
  expect(ledger.arrivals.wrong).toBe(0);
  ledger.stopSending();
  expect(assembly.speakers[3]?.send()).toBe(false);
});

it('eight come at a time', async () => {
  const { underWay } = await assembled({
    ...{ kind: 'audience', rooms: 1, speakers: 20, listeners: 20 },
  });
  expect(underWay.most).toBe(8);
});

it.each([
  [{ kind: 'audience', rooms: 2, speakers: 3, listeners: 4 }, 24],
  [{ kind: 'meeting', rooms: 2, people: 4 }, 24],
] as const)('%o has %s consumers', async (layout, consumers) => {
  expect(consumersOf(layout)).toBe(consumers);
  const { assembly } = await assembled(layout);
  expect(assembly.speakers.reduce((sum, { listeners }) => sum + listeners, 0)).toBe(consumers);
});
