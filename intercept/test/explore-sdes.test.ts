/** The traces of the `sdes` model, relayed lines, played to the real server and endpoints with SRTP on the wire. */
import { expect, it, beforeAll, afterAll } from 'vitest';
import type { EarshotServer } from '@earshot/signaling/server';
import { startServer } from '../../signaling/test/wire.ts';
import type { Power } from '../src/explore/power.ts';
import { heardByAttacker, heardByPeople } from '../src/explore/replay/hearing.ts';
import { replaySdes } from '../src/explore/replay/sdes-replay.ts';
import { areBothHeard, audibleIn, sdesModel, type SdesState } from '../src/explore/sdes-model.ts';
import { search } from '../src/explore/search.ts';
import { heardAtLeast, noiseAtMost } from '../src/measure/correlation.ts';

let server: EarshotServer;
beforeAll(async () => {
  server = await startServer({ env: { EARSHOT_LAB: '1' } });
});
afterAll(() => server.close());

const stackOf = ({ url, operatorUrl = '' }: EarshotServer) => ({ url, operatorUrl });

function traceOf(power: Power, isReached?: (state: SdesState) => boolean) {
  const model = sdesModel(power);
  const bounds = { maxDepth: 4, maxStates: 100 };
  const { trace } = search({ ...model, isViolated: isReached ?? model.isViolated }, bounds);
  if (trace === undefined) throw new TypeError('no trace');
  return { actions: trace.steps.map(({ action }) => action), final: trace.final };
}

it('gives the audio of who was given a line to a server that only reads what it relays', async () => {
  const { actions, final } = traceOf('passive-server');
  expect(actions).toHaveLength(1);
  expect(audibleIn(final)).toEqual(['alice']);
  // An active server finds the same first.
  expect(traceOf('active-server').actions).toEqual(actions);
  const call = await replaySdes({ stack: stackOf(server), actions });
  expect(call.people.map(({ ending }) => ending)).toEqual(['connected', 'waiting']);
  const heard = await heardByAttacker(call, 'passive-server');
  expect(heard.alice).toBeGreaterThanOrEqual(heardAtLeast);
  expect(heard.bob).toBeLessThanOrEqual(noiseAtMost);
});

it('with both lines gives both voices, and nobody misses anything; the wire alone gives neither', async () => {
  const { actions } = traceOf('passive-server', areBothHeard);
  expect(actions).toHaveLength(2);
  const call = await replaySdes({ stack: stackOf(server), actions });
  expect(call.people.map(({ ending }) => ending)).toEqual(['connected', 'connected']);
  const ofServer = await heardByAttacker(call, 'passive-server');
  for (const heard of [heardByPeople(call), ofServer]) {
    expect(heard.alice).toBeGreaterThanOrEqual(heardAtLeast);
    expect(heard.bob).toBeGreaterThanOrEqual(heardAtLeast);
  }
  const ofNetwork = await heardByAttacker(call, 'network');
  expect(ofNetwork.alice).toBeLessThanOrEqual(noiseAtMost);
  expect(ofNetwork.bob).toBeLessThanOrEqual(noiseAtMost);
});

it('without a line nobody speaks', async () => {
  const call = await replaySdes({ stack: stackOf(server), actions: [] });
  expect(call.people.map(({ ending }) => ending)).toEqual(['waiting', 'waiting']);
  expect(call.wire).toEqual([]);
});

it('a line that nobody here can make is an error', async () => {
  const model = sdesModel('active-server');
  const steps = [...model.next(model.initial[0]!)].map(({ action }) => action);
  const [made] = steps.filter(({ line }) => line !== traceOf('passive-server').actions[0]?.line);
  const played = replaySdes({ stack: stackOf(server), actions: [made!] });
  await expect(played).rejects.toThrow('the line of relay to alice');
});
