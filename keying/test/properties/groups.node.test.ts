/**
 * Groups of 2 to 8 people with real sessions, whose relay loses, repeats and reorders, and whose devices
 * sleep: schedules at random, on a virtual clock.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rotationIntervalMs } from '../../src/session/index.ts';
import { ModelCall } from '../model/model-call.ts';

const schedulesPerRun = 100;
/** 100 ms of voice, until a newcomer hears. */
const longestSilence = 5;
/** Frames that all who already heard each other may miss together, in a whole schedule. */
const mostInterrupted = 5;

const people = ['ann', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hal'];

type Deed = 'come-or-go' | 'come-again' | 'sleep-or-wake' | 'be-throttled-or-not';

interface Step {
  readonly deed: Deed;
  readonly who: number;
  readonly thenMs: number;
}

interface Phase {
  readonly weather: 'fair' | 'rough';
  readonly steps: readonly Step[];
  /** Ten minutes go by after it. */
  readonly isLong: boolean;
}

interface Schedule {
  readonly seed: number;
  readonly atFirst: number;
  readonly phases: readonly Phase[];
}

const deeds = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Deed>('come-or-go') },
  { weight: 1, arbitrary: fc.constant<Deed>('come-again') },
  { weight: 2, arbitrary: fc.constant<Deed>('sleep-or-wake') },
  { weight: 1, arbitrary: fc.constant<Deed>('be-throttled-or-not') },
);

const steps: fc.Arbitrary<Step> = fc.record({
  deed: deeds,
  who: fc.nat(people.length - 1),
  // Often at once, and often while the keys of the last change are on their way.
  thenMs: fc.oneof(fc.constant(0), fc.nat(80), fc.nat(600)),
});

const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  // Each handshake takes its time: large groups are fewer.
  atFirst: fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom(2, 3) },
    { weight: 3, arbitrary: fc.constantFrom(4, 5) },
    { weight: 1, arbitrary: fc.constantFrom(6, 7, 8) },
  ),
  phases: fc.array(
    fc.record({
      weather: fc.constantFrom('fair', 'rough'),
      steps: fc.array(steps, { minLength: 1, maxLength: 3 }),
      isLong: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

function take({ deed, who }: Step, call: ModelCall): void {
  // Whom it is about: by place among those there, so that deeds are seldom in vain.
  const present = [...call.present.values()];
  const absent = people.filter((person) => call.attendanceOf(person) === undefined);
  const someone = present[who % Math.max(present.length, 1)];
  switch (deed) {
    case 'come-or-go': {
      const newcomer = absent[who % Math.max(absent.length, 1)];
      if (newcomer !== undefined && (who % 2 === 0 || present.length < 2)) call.join(newcomer);
      else if (someone !== undefined) call.leave(someone);
      return;
    }
    case 'come-again':
      if (someone === undefined) return;
      call.leave(someone);
      call.join(someone.id.split('.')[0] ?? '');
      return;
    case 'sleep-or-wake':
      if (someone?.device.isAsleep === true) someone.device.wake();
      else someone?.device.sleep();
      return;
    case 'be-throttled-or-not':
      if (someone !== undefined)
        someone.device.latenessMs = someone.device.latenessMs === 0 ? 3000 : 0;
      return;
  }
}

async function play({ seed, atFirst, phases }: Schedule): Promise<ModelCall> {
  const call = new ModelCall(seed);
  for (const person of people.slice(0, atFirst)) call.join(person);
  await call.speak(400);
  for (const { weather, steps: phaseSteps, isLong } of phases) {
    call.relay.weather = weather;
    if (weather === 'rough') call.calmSinceMs = Infinity;
    for (const step of phaseSteps) {
      take(step, call);
      if (step.thenMs > 0) await call.speak(step.thenMs);
    }
    await call.speak(1200);
    if (weather === 'rough') await call.mend();
    if (!isLong) continue;
    call.log.hear();
    await call.pass(rotationIntervalMs);
  }
  await call.mend();
  await call.speak(40);
  return call;
}

function expectAllHear(call: ModelCall): void {
  const lines = [...call.present.keys()].flatMap((listener) =>
    [...call.present.keys()]
      .filter((speaker) => speaker !== listener)
      .map((speaker) => `${listener} of ${speaker}`),
  );
  const heard = [...call.log.lastHeard].filter(([, isHeard]) => isHeard).map(([line]) => line);
  expect(heard.toSorted()).toEqual(lines.toSorted());
  for (const { status } of call.present.values()) expect(status.unacknowledged).toEqual([]);
}

function expectClosed(call: ModelCall): number {
  let tried = 0;
  for (const listener of call.everyone) {
    for (const frame of call.log.closedTo(listener)) {
      tried++;
      const isOpen = call.log.heldKeysOpen(listener, frame);
      if (isOpen) throw new Error(`${listener.id} opens a frame of ${frame.key}, ${frame.atMs} ms`);
    }
  }
  return tried;
}

/** The same trial on a frame that each may open: were it broken, the one above would show nothing. */
function expectOpen(call: ModelCall): void {
  const last = new Map(call.log.frames.map((frame) => [frame.speaker.id, frame]));
  for (const listener of call.present.values()) {
    for (const frame of last.values()) {
      if (frame.speaker === listener || !call.present.has(frame.speaker.id)) continue;
      expect(call.log.heldKeysOpen(listener, frame)).toBe(true);
    }
  }
}

it('everyone hears whom they should and nobody else, whatever relay and devices do', async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const call = await play(schedule);
      try {
        expectAllHear(call);
        expect(call.log.overheard).toEqual([]);
        expect(call.log.longestSilence).toBeLessThanOrEqual(longestSilence);
        expect(call.log.interrupted).toBeLessThanOrEqual(mostInterrupted);
        tried += expectClosed(call);
        expectOpen(call);
        // One payload: were a counter repeated under a key, two frames would be the same bytes.
        const frames = call.log.frames.map(({ bytes }) => bytes.join());
        expect(new Set(frames).size).toBe(frames.length);
      } finally {
        call.close();
      }
    }),
    { numRuns: schedulesPerRun },
  );
  expect(tried).toBeGreaterThan(schedulesPerRun);
});
