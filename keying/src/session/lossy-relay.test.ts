import { describe, expect, it } from 'vitest';
import { callOf, expectEveryoneHears, expectHears, open, seal } from '../../test/hearing.ts';
import { Call, isAcknowledgement } from '../../test/members.ts';
import { flightRepeatMs } from './handshake-exchange.ts';
import { rotationIntervalMs, switchDeadlineMs } from './index.ts';
import { keyRepeatMs } from './key-delivery.ts';
import { firstAcknowledgementMs } from './pair.ts';

describe('a relay that loses and repeats', () => {
  it.each([0, 1, 2, 3])('mends the loss of handshake flight %i', async (lost) => {
    let flights = 0;
    const call = new Call({
      intercept: (one) => (one.kind === 'handshake' && flights++ === lost ? [] : [one]),
    });
    call.join('a');
    call.join('b');
    await call.settle();
    call.scheduler.advance(flightRepeatMs.first);
    await call.settle();
    call.scheduler.advance(keyRepeatMs.max);
    await call.settle();
    expect(flights).toBeGreaterThan(4);
    expectEveryoneHears(call);
  });

  it('says again at once what the other side may not have known what to make of', async () => {
    let flights = 0;
    const call = new Call({ intercept: () => (flights++, []) });
    call.join('a');
    call.join('b');
    await call.settle();
    expect(flights).toBe(1);
    call.intercept = (envelope) => [envelope];
    call.members.get('a')?.session.retry('b');
    call.members.get('b')?.session.retry('nobody');
    await call.settle();
    expect(call.members.get('b')?.states.get('a')).toEqual({ kind: 'agreeing' });
    call.members.get('b')?.session.retry('a');
    await call.settle();
    expectEveryoneHears(call);
    // What was answered is not said again.
    const later: unknown[] = [];
    call.intercept = (envelope) => (later.push(envelope), [envelope]);
    call.members.get('b')?.session.retry('a');
    expect(later).toEqual([]);
  });

  it('mends the loss of a key', async () => {
    const [call, [a, b]] = await callOf(2);
    call.intercept = () => [];
    call.scheduler.advance(rotationIntervalMs);
    call.scheduler.advance(switchDeadlineMs);
    expect(open(b!, a!, seal(a!))).toEqual({ ok: false, reason: 'no-key' });
    expect(a!.statuses.at(-1)!.unacknowledged).toEqual([b!.id]);
    call.intercept = (envelope) => [envelope];
    call.scheduler.advance(keyRepeatMs.max);
    expectEveryoneHears(call);
    expect(a!.statuses.at(-1)!.unacknowledged).toEqual([]);
  });

  it('mends the loss of an acknowledgement: the key is acknowledged again', async () => {
    const [call, [a, b]] = await callOf(2);
    call.intercept = (envelope) => (isAcknowledgement(envelope.data) ? [] : [envelope]);
    call.scheduler.advance(rotationIntervalMs);
    call.intercept = (envelope) => [envelope];
    expect(a!.statuses.at(-1)!.unacknowledged).toEqual([b!.id]);
    call.scheduler.advance(keyRepeatMs.first);
    expect(a!.statuses.at(-1)).toMatchObject({ generation: 1, unacknowledged: [] });
    expectEveryoneHears(call);
  });

  it('mends the loss of a refusal, a bounded number of times', async () => {
    const call = new Call({
      intercept: (one) => (isRefusal(one.data) && refusals++ === 0 ? [] : [one]),
    });
    let refusals = 0;
    const a = call.join('a');
    const ghost = call.join('ghost', new Uint8Array(32).fill(9));
    await call.settle();
    expect(a.states.get('ghost')).toEqual({ kind: 'failed', code: 'handshake-confirmation' });
    expect(ghost.states.get('a')!.kind).toBe('agreeing');
    call.scheduler.advance(flightRepeatMs.first);
    await call.settle();
    expect(ghost.states.get('a')).toEqual({ kind: 'failed', code: 'handshake-refused' });
    for (let i = 0; i < 20; i++) a.session.receive('ghost', 'handshake', Uint8Array.of(i));
    expect(refusals).toBe(8);
  });

  it('delivers every envelope twice, and all is as if once', async () => {
    const call = new Call({ intercept: (envelope) => [envelope, envelope] });
    for (const id of ['a', 'b', 'c']) {
      call.join(id);
      await call.settle();
    }
    expectEveryoneHears(call);
    call.leave('b');
    expectEveryoneHears(call);
  });

  it('is asked nothing more once all is acknowledged', async () => {
    const [call] = await callOf(3);
    call.scheduler.advance(firstAcknowledgementMs);
    const before = call.relayed.length;
    call.scheduler.advance(rotationIntervalMs - firstAcknowledgementMs - 1);
    expect(call.relayed).toHaveLength(before);
  });
});

describe('acknowledgements', () => {
  const acknowledgements = (call: Call): number =>
    call.relayed.filter(({ data }) => isAcknowledgement(data)).length;

  it('of a first key wait, and come before the key is given again', async () => {
    const [call, [a, b]] = await callOf(2);
    const keys = call.relayed.length;
    call.scheduler.advance(firstAcknowledgementMs - 1);
    expect(acknowledgements(call)).toBe(0);
    expectEveryoneHears(call);
    call.scheduler.advance(1);
    expect(acknowledgements(call)).toBe(2);
    for (const member of [a!, b!]) expect(member.statuses.at(-1)!.unacknowledged).toEqual([]);
    call.scheduler.advance(keyRepeatMs.max);
    expect(call.relayed).toHaveLength(keys + 2);
  });

  it('of a key that replaces another come at once: the switch waits for them', async () => {
    const [call, [a, b]] = await callOf(3);
    call.leave('member-2');
    expect(acknowledgements(call)).toBe(2);
    expect(a!.statuses.at(-1)).toMatchObject({ generation: 1, unacknowledged: [] });
    expectHears(b!, a!);
  });

  it('that wait are not sent once the keys are wiped', async () => {
    const [call, [a]] = await callOf(2);
    a!.session.close();
    const before = call.relayed.length;
    call.scheduler.advance(firstAcknowledgementMs);
    expect(call.relayed.slice(before).filter(({ from }) => from === a!.id)).toEqual([]);
  });
});

describe('the status of the own key', () => {
  it('counts changes by what asked for them', async () => {
    const [call, [a]] = await callOf(3);
    seal(a!);
    call.join('newcomer');
    await call.settle();
    call.leave('member-1');
    call.leave('newcomer');
    call.scheduler.advance(rotationIntervalMs);
    const expected = { changes: { join: 1, leave: 2, age: 1 }, lastChange: 'age' };
    expect(a!.statuses.at(-1)).toMatchObject({ ...expected, generation: 3, step: 0 });
  });
});

/** Message type 7 with no body. */
function isRefusal(data: Uint8Array): boolean {
  return data.length === 4 && data[1] === 7;
}
