/** The people of a layout, in the rooms of a server. */
import { readRtp } from '@earshot/peer/rtp-packet';
import type { ForwardingServer, RoomPerson, SpokenStream } from '../servers/forwarding-server.ts';
import type { FrameLedger } from './frame-ledger.ts';
import type { Layout } from './load-messages.ts';
import type { NextFrame } from './sealed-speech.ts';

export interface Speaker {
  /** How many hear them. */
  readonly listeners: number;
  /** Of those, how many are read. */
  readonly probes: number;
  /** @returns whether the frame counts. */
  send(): boolean;
}

export interface Assembly {
  readonly people: number;
  /** One of each room in turn. */
  readonly speakers: readonly Speaker[];
}

export interface AssembleOptions {
  readonly server: ForwardingServer;
  readonly layout: Layout;
  readonly ledger: FrameLedger;
  readonly speechOf: (speakerId: string) => NextFrame;
}

/**
 * Of the listeners, every so manieth is read packet by packet, evenly among those who came early and late.
 * Reading all would take more than the server has to do.
 */
const listenersPerProbe = 10;
/** At a time: DTLS handshakes beyond that only wait for each other. */
const entriesAtOnce = 8;

interface Seat {
  readonly person: RoomPerson;
  readonly room: number;
  readonly speaks: boolean;
  readonly listens: boolean;
  readonly isProbe: boolean;
}

/** Those who speak come first, so that whoever listens finds them all. */
export async function assemble(options: AssembleOptions): Promise<Assembly> {
  const { server, layout, ledger, speechOf } = options;
  const seats: Seat[] = [];
  for (let room = 0; room < layout.rooms; room++) {
    const opened = await server.openRoom();
    await inTurns(seatsOf(layout), async (seat) => {
      seats.push({ ...seat, room, person: await opened.enter() });
    });
  }
  const streams = new Map<Seat, SpokenStream>();
  await inTurns(
    seats.filter(({ speaks }) => speaks),
    async (seat) => void streams.set(seat, await seat.person.speak()),
  );
  await inTurns(
    seats.filter(({ listens }) => listens),
    (seat) => {
      const place = seats.indexOf(seat);
      const read = (packet: Uint8Array): void => {
        const rtp = readRtp(packet);
        if (rtp !== undefined) ledger.arrived(rtp.payload, place);
      };
      return seat.person.listen(seat.isProbe ? read : undefined);
    },
  );
  const speakers = [...streams].map(([seat, stream], i) => {
    const hearing = seats.filter(
      (other) => other.room === seat.room && other !== seat && other.listens,
    );
    const nextFrame = speechOf(`speaker ${i}`);
    return {
      room: seat.room,
      listeners: hearing.length,
      probes: hearing.filter(({ isProbe }) => isProbe).length,
      send: () => {
        const payload = nextFrame();
        const counts = ledger.sending(payload);
        stream.send(payload);
        return counts;
      },
    };
  });
  return { people: seats.length, speakers: inRoomOrder(speakers) };
}

/** Consumers that such a layout has when everybody who can speaks. */
export function consumersOf(layout: Layout): number {
  switch (layout.kind) {
    case 'audience':
      return layout.rooms * layout.speakers * layout.listeners;
    case 'meeting':
      return layout.rooms * layout.people * (layout.people - 1);
  }
}

function seatsOf(layout: Layout): Omit<Seat, 'person' | 'room'>[] {
  const isProbe = (place: number): boolean => place % listenersPerProbe === 0;
  switch (layout.kind) {
    case 'audience':
      return [
        ...Array.from({ length: layout.speakers }, () => ({
          ...{ speaks: true, listens: false, isProbe: false },
        })),
        ...Array.from({ length: layout.listeners }, (_, place) => ({
          ...{ speaks: false, listens: true, isProbe: isProbe(place) },
        })),
      ];
    case 'meeting':
      return Array.from({ length: layout.people }, (_, place) => ({
        ...{ speaks: true, listens: true, isProbe: isProbe(place) },
      }));
  }
}

/** The first of each room, then the second of each: any number of them spreads over all rooms. */
function inRoomOrder<T extends { readonly room: number }>(speakers: readonly T[]): T[] {
  const places = new Map<number, number>();
  return speakers
    .map((speaker) => {
      const place = places.get(speaker.room) ?? 0;
      places.set(speaker.room, place + 1);
      return { speaker, place };
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ speaker }) => speaker);
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += entriesAtOnce) {
    await Promise.all(items.slice(i, i + entriesAtOnce).map(work));
  }
}
