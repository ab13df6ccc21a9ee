/** Somebody who is held is agreed with, and neither hears nor is heard until admitted. */
import { describe, expect, it } from 'vitest';
import { Call } from '../../test/members.ts';
import type { Member } from '../../test/members.ts';
import { switchDeadlineMs } from './index.ts';

const speech = Uint8Array.of(0x78, 1, 2, 3);
const heard = { ok: true, bytes: speech };
const noKey = { ok: false, reason: 'no-key' };

function seal(speaker: Member): Uint8Array {
  const outcome = speaker.session.sealer.seal(speech, { rtpTimestamp: 0 });
  if (!outcome.ok) throw new Error(`not sealed: ${outcome.reason}`);
  return outcome.bytes;
}

function hears(listener: Member, speaker: Member): unknown {
  return listener.session.openerFor(speaker.id).open(seal(speaker));
}

/** `holder` holds everybody else; joins first, in the middle or last. */
async function callWith(order: readonly string[], holder: string) {
  const call = new Call({ admission: (selfId) => (selfId === holder ? 'hold' : 'admit') });
  for (const id of order) {
    call.join(id);
    await call.settle();
  }
  const member = (id: string): Member => {
    const found = call.members.get(id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  return { call, member };
}

describe.each([
  ['the one who was there first', ['holder', 'other']],
  ['the one who arrives', ['other', 'holder']],
])('held by %s', (_, order) => {
  it('hears nothing and is not heard; nobody is told', async () => {
    const { member } = await callWith(order, 'holder');
    const [holder, other] = [member('holder'), member('other')];
    expect(holder.states.get('other')?.kind).toBe('held');
    expect(other.states.get('holder')?.kind).toBe('secure');
    expect(hears(holder, other)).toEqual(noKey);
    expect(hears(other, holder)).toEqual(noKey);
  });

  it('hears from admission on, and nothing of what was said before', async () => {
    const { call, member } = await callWith(order, 'holder');
    const [holder, other] = [member('holder'), member('other')];
    const before = seal(holder);
    holder.session.admit('other');
    await call.settle();
    expect(holder.states.get('other')?.kind).toBe('secure');
    expect(hears(holder, other)).toEqual(heard);
    expect(hears(other, holder)).toEqual(heard);
    expect(other.session.openerFor('holder').open(before).ok).toBe(false);
  });

  it('is given no key when keys change meanwhile', async () => {
    const { call, member } = await callWith([...order, 'third'], 'holder');
    const [holder, other] = [member('holder'), member('other')];
    holder.session.admit('third');
    await call.settle();
    call.leave('third');
    await call.settle();
    call.scheduler.advance(switchDeadlineMs);
    await call.settle();
    expect(hears(other, holder)).toEqual(noKey);
    expect(hears(holder, other)).toEqual(noKey);
  });
});

it('on both sides, as before both are in the call, gives out no key until one admits', async () => {
  const call = new Call({ admission: () => 'hold' });
  const [first, second] = [call.join('first'), call.join('second')];
  await call.settle();
  const keysTo = (id: string): number =>
    call.relayed.filter(({ to, kind }) => to === id && kind === 'sender-key').length;
  expect([first.states.get('second')?.kind, second.states.get('first')?.kind]).toEqual([
    'held',
    'held',
  ]);
  expect([keysTo('first'), keysTo('second')]).toEqual([0, 0]);
  // The key of who admits first arrives while the other side still holds.
  second.session.admit('first');
  await call.settle();
  expect(hears(first, second)).toEqual(noKey);
  first.session.admit('second');
  await call.settle();
  expect(hears(first, second)).toEqual(heard);
  expect(hears(second, first)).toEqual(heard);
});

it('ends when the peer leaves: who comes back is asked about again', async () => {
  const { call, member } = await callWith(['holder', 'other'], 'holder');
  const holder = member('holder');
  call.leave('other');
  holder.session.admit('other');
  call.join('other');
  await call.settle();
  expect(holder.states.get('other')?.kind).toBe('held');
  expect(hears(holder, member('other'))).toEqual(noKey);
});

it('admits nobody before their handshake', async () => {
  const call = new Call({ admission: () => 'hold', intercept: () => [] });
  const holder = call.join('holder');
  call.join('other');
  await call.settle();
  holder.session.admit('other');
  expect(holder.states.get('other')?.kind).toBe('agreeing');
});

describe('a link without its secret', () => {
  it('agrees with whoever has none either', async () => {
    const call = new Call();
    const [a, b] = [call.join('a', 'none'), call.join('b', 'none')];
    await call.settle();
    expect(hears(a, b)).toEqual(heard);
    expect(hears(b, a)).toEqual(heard);
  });

  it('fails with whoever has it, on both sides', async () => {
    const call = new Call();
    const [a, b] = [call.join('a'), call.join('b', 'none')];
    await call.settle();
    const codes = [a.states.get('b'), b.states.get('a')].map((state) =>
      state?.kind === 'failed' ? state.code : state?.kind,
    );
    expect(codes.toSorted()).toEqual(['handshake-confirmation', 'handshake-refused']);
    expect(hears(a, b)).toEqual(noKey);
  });
});
