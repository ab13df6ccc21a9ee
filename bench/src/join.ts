/** From the click that joins to the first decoded audio, and what that time went into. */
import type { Page } from '@playwright/test';
import { readMarks, type Marks } from './calls.ts';
import type { Figure, Readings } from './figures.ts';
import type { CallProbe, PlacedCall } from './probe.ts';
import { receivingTimes } from './watched-connections.ts';

const ms = { group: 'join', unit: 'ms', digits: 0 } as const;

export const joinFigures = {
  hears: { ...ms, id: 'join-hears', title: 'Join to first audio, newcomer hears', versus: 'ratio' },
  heard: {
    ...ms,
    id: 'join-heard',
    title: 'Join to first audio, newcomer is heard',
    versus: 'ratio',
  },
} as const satisfies Record<string, Figure>;

/** One after the other, from the click to the newcomer's first decoded frame. */
export const joinSteps = {
  signaling: step('signaling', 'Signaling: joined'),
  offers: step('offers', 'Transports, offers and answers'),
  ice: step('ice', 'ICE'),
  dtls: step('dtls', 'DTLS'),
  keys: step('keys', 'First frame and its key, opened'),
  firstFrame: step('first-frame', 'First frame decoded'),
} as const;

function step(id: string, title: string): Figure {
  return { ...ms, id: `join-step-${id}`, title, versus: 'difference' };
}

export const joinProbe: CallProbe = {
  part: 'join',
  figures: [joinFigures.hears, joinFigures.heard, ...Object.values(joinSteps)],
  start: () => Promise.resolve(readJoin),
};

async function readJoin({ host, newcomer }: PlacedCall): Promise<Readings> {
  const [ofNewcomer, ofHost] = await Promise.all([readMarks(newcomer), readMarks(host)]);
  const joinedAt = requireMark(ofNewcomer, 'earshot:join');
  const audioAt = requireMark(ofNewcomer, 'earshot:first-audio');
  return new Map<Figure, number>([
    [joinFigures.hears, audioAt - joinedAt],
    [joinFigures.heard, requireMark(ofHost, 'earshot:first-audio') - joinedAt],
    ...(await readSteps(newcomer, ofNewcomer)),
  ]);
}

/** Empty where a step was not seen: a split that does not add up would be worse than none. */
async function readSteps(newcomer: Page, marks: Marks): Promise<[Figure, number][]> {
  const { checkingAtMs, iceAtMs, upAtMs } = await receivingTimes(newcomer);
  const joined = marks.get('earshot:joined');
  if (
    joined === undefined ||
    checkingAtMs === undefined ||
    iceAtMs === undefined ||
    upAtMs === undefined
  ) {
    return [];
  }
  // In modes that seal: the key may come after the first frame that it opens.
  const audioAt = requireMark(marks, 'earshot:first-audio');
  const openedAt = Math.min(Math.max(upAtMs, marks.get('earshot:opened') ?? upAtMs), audioAt);
  return [
    [joinSteps.signaling, joined - requireMark(marks, 'earshot:join')],
    [joinSteps.offers, checkingAtMs - joined],
    [joinSteps.ice, iceAtMs - checkingAtMs],
    [joinSteps.dtls, upAtMs - iceAtMs],
    [joinSteps.keys, openedAt - upAtMs],
    [joinSteps.firstFrame, audioAt - openedAt],
  ];
}

function requireMark(marks: Marks, name: string): number {
  const atMs = marks.get(name);
  if (atMs === undefined) throw new Error(`the client has no mark ${name}`);
  return atMs;
}
