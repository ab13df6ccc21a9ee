/** Every trace that the `dtls` model finds, played to the real stack; and what is left when a step of it is missing. */
import type { Topology } from '@earshot/keying/mode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rtpStreamsOf } from '../src/dissect/rtp-streams.ts';
import {
  areConnected,
  areHeardUnnoticed,
  audibleIn,
  dtlsModel,
  type DtlsAction,
  type DtlsState,
} from '../src/explore/dtls-model.ts';
import { exploreHops } from '../src/explore/explorations.ts';
import type { Power } from '../src/explore/power.ts';
import { heardByAttacker, heardByPeople, type Heard } from '../src/explore/replay/hearing.ts';
import { replayDtls } from '../src/explore/replay/dtls-replay.ts';
import type { ReplayedCall } from '../src/explore/replay/replayed-call.ts';
import { search, type SearchResult } from '../src/explore/search.ts';
import { heardAtLeast, noiseAtMost } from '../src/measure/correlation.ts';
import { startStack, type Stack } from '../src/stage/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

type Cell = readonly [Topology, Power];
/** By what the operator has to do for it. */
const falling: readonly Cell[] = [
  ['direct', 'active-server'],
  ['room', 'passive-server'],
];

/** The shortest way to what the model itself looks for, or to another end. */
function found(
  [topology, power]: Cell,
  isReached?: (state: DtlsState) => boolean,
): SearchResult<DtlsState, DtlsAction> {
  const model = dtlsModel({ topology, power, compareFingerprints: false });
  const bounds = { maxDepth: 12, maxStates: 10_000 };
  return search({ ...model, isViolated: isReached ?? model.isViolated }, bounds);
}

function traceOf(cell: Cell, isReached?: (state: DtlsState) => boolean) {
  const { trace } = found(cell, isReached);
  if (trace === undefined) throw new TypeError('no trace');
  return { actions: trace.steps.map(({ action }) => action), final: trace.final };
}

/** Whether the model lets the attacker deliver all of it. */
function allows([topology, power]: Cell, actions: readonly DtlsAction[]): boolean {
  const model = dtlsModel({ topology, power, compareFingerprints: false });
  let states = [...model.initial];
  for (const { to, kind, content } of actions) {
    states = states
      .flatMap((state) => [...model.next(state)])
      .filter(({ action }) => action.to === to && action.kind === kind)
      .filter(({ action }) => action.content === content)
      .map(({ state }) => state);
  }
  return states.length > 0;
}

/** Of exactly those. */
function expectHeard(heard: Heard, speakers: readonly string[]): void {
  for (const speaker of ['alice', 'bob'] as const) {
    if (speakers.includes(speaker)) expect(heard[speaker]).toBeGreaterThanOrEqual(heardAtLeast);
    else expect(heard[speaker]).toBeLessThanOrEqual(noiseAtMost);
  }
}

const endingsOf = ({ people }: ReplayedCall) => people.map(({ ending }) => ending);
const mediaPackets = ({ media }: ReplayedCall): number => media.flat().length;

it('finds the audio where the operator stands between, or has the media server, and nowhere else', () => {
  const fallen = exploreHops().filter((hop) => hop.mode === 'dtls' && hop.messages !== undefined);
  expect(fallen.map(({ topology, power }) => [topology, power])).toEqual([
    ...falling,
    ['room', 'active-server'],
  ]);
  // An active operator of a room has nothing to add: it is the trace that is played below.
  for (const isReached of [undefined, areHeardUnnoticed]) {
    expect(traceOf(['room', 'active-server'], isReached).actions).toEqual(
      traceOf(['room', 'passive-server'], isReached).actions,
    );
  }
});

describe.concurrent.each(falling)('%s, %s', (...cell) => {
  const [topology, power] = cell;

  it('the shortest trace gives the audio that the model says, and no other', async () => {
    const { actions, final } = traceOf(cell);
    const call = await replayDtls({ stack, topology, actions });
    const done = ['alice', 'bob'].map(
      (name) => final.ends.find((end) => end.name === name)?.isDone,
    );
    expect(endingsOf(call)).toEqual(done.map((isDone) => (isDone ? 'connected' : 'waiting')));
    expect(audibleIn(final)).not.toEqual([]);
    expectHeard(await heardByAttacker(call, power), audibleIn(final));
  });

  it('carried on until both are connected, it gives both voices, and nobody misses anything', async () => {
    const { actions, final } = traceOf(cell, areHeardUnnoticed);
    const call = await replayDtls({ stack, topology, actions });
    expect(endingsOf(call)).toEqual(['connected', 'connected']);
    expectHeard(heardByPeople(call), ['alice', 'bob']);
    expectHeard(await heardByAttacker(call, power), audibleIn(final));
    // The control: the same call, by who has only its wire, as the model says of the network.
    expect(rtpStreamsOf(call.wire).length).toBeGreaterThanOrEqual(2);
    expect(found([topology, 'network'])).toMatchObject({ trace: undefined, isExhaustive: true });
    expectHeard(await heardByAttacker(call, 'network'), []);
  });

  it.each([0, 1, 2])('its first %i steps alone connect nobody and give nothing', async (count) => {
    const { actions } = traceOf(cell);
    expect(actions).toHaveLength(3);
    const call = await replayDtls({ stack, topology, actions: actions.slice(0, count) });
    expect(endingsOf(call)).toEqual(['waiting', 'waiting']);
    expect(mediaPackets(call)).toBe(0);
  });
});

describe.concurrent('a direct call', () => {
  it('is not heard by who passes on what it gets, though it keeps everything', async () => {
    const cell: Cell = ['direct', 'passive-server'];
    expect(found(cell)).toMatchObject({ trace: undefined, isExhaustive: true });
    const { actions } = traceOf(cell, areConnected);
    const call = await replayDtls({ stack, topology: 'direct', actions });
    expect(endingsOf(call)).toEqual(['connected', 'connected']);
    expectHeard(heardByPeople(call), ['alice', 'bob']);
    expect(rtpStreamsOf(call.wire)).toHaveLength(2);
    expectHeard(await heardByAttacker(call, 'passive-server'), []);
    expectHeard(await heardByAttacker(call, 'network'), []);
  });

  it('is refused by who was given the fingerprint of the other, not of who stands between', async () => {
    const cell: Cell = ['direct', 'active-server'];
    const [genuine] = traceOf(['direct', 'passive-server'], areConnected).actions;
    const [swapped, hello, certificate] = traceOf(cell).actions;
    expect(genuine).toMatchObject({ to: swapped?.to, kind: 'description' });
    const actions = [genuine!, hello!, certificate!];
    expect(allows(cell, [swapped!, hello!, certificate!])).toBe(true);
    expect(allows(cell, actions.slice(0, 2))).toBe(true);
    expect(allows(cell, actions)).toBe(false);
    const call = await replayDtls({ stack, topology: 'direct', actions });
    expect(endingsOf(call)).toEqual(['refused', 'waiting']);
    expect(mediaPackets(call)).toBe(0);
  });
});

describe('a step that nobody can play', () => {
  const roomSteps = traceOf(['room', 'passive-server']).actions;
  const swapSteps = traceOf(['direct', 'active-server']).actions;
  const honestSteps = traceOf(['direct', 'passive-server'], areConnected).actions;
  const [hello] = honestSteps.filter(({ kind }) => kind === 'hello');
  it.each<[string, Topology, readonly DtlsAction[]]>([
    ['to the media server', 'room', roomSteps.map((step) => ({ ...step, to: 'sfu(alice)' }))],
    ['of the relay in a room', 'room', swapSteps],
    ['of the media server in a direct call', 'direct', roomSteps],
    ['of one kind with the content of another', 'direct', [{ ...swapSteps[0]!, kind: 'hello' }]],
    ['with the other and with the relay', 'direct', [swapSteps[0]!, hello!]],
  ])('throws: %s', async (_, topology, actions) => {
    await expect(replayDtls({ stack, topology, actions })).rejects.toThrow(RangeError);
  });
});
