import { describe, expect, it } from 'vitest';
import {
  callOf,
  expectEveryoneHears,
  expectHears,
  open,
  seal,
  speech,
} from '../../test/hearing.ts';
import { Call, isAcknowledgement } from '../../test/members.ts';
import { handshakesPerCall } from './e2ee-session.ts';
import { rotationIntervalMs, switchDeadlineMs } from './index.ts';

describe('everyone hears everyone', () => {
  it.each([2, 3, 4, 5, 6])('with %i members who joined one after the other', async (count) => {
    const [call] = await callOf(count);
    expectEveryoneHears(call);
  });

  it('when five join at once', async () => {
    const call = new Call();
    for (let i = 0; i < 5; i++) call.join(`member-${i}`);
    await call.settle();
    expectEveryoneHears(call);
  });

  it('and both sides of a pair show the same string and identity', async () => {
    const [, [a, b]] = await callOf(2);
    const left = a!.states.get(b!.id);
    const right = b!.states.get(a!.id);
    if (left?.kind !== 'secure' || right?.kind !== 'secure') throw new Error('not secure');
    expect(left.sas).toEqual(right.sas);
    expect(left.sas.emoji).toHaveLength(4);
    expect(left.sas.words).toHaveLength(2);
    expect(left.identity).toEqual(b!.identity.publicKey);
    expect(right.identity).toEqual(a!.identity.publicKey);
  });
});

describe('somebody who keeps coming and going', () => {
  it('has a bounded number of handshakes to guess the code with', async () => {
    const call = new Call();
    const a = call.join('alone');
    for (let i = 0; i < handshakesPerCall; i++) {
      a.session.addPeer({ peerId: `guess-${i}`, order: i + 1 });
      a.session.removePeer(`guess-${i}`);
    }
    await call.settle();
    const flights = call.relayed.length;
    a.session.addPeer({ peerId: 'one too many', order: handshakesPerCall + 1 });
    await call.settle();
    expect(a.states.get('one too many')).toEqual({ kind: 'failed', code: 'handshake-limit' });
    expect(call.relayed).toHaveLength(flights);
  });
});

describe('join', () => {
  it('gives a newcomer nothing that opens frames sealed before', async () => {
    const [call, [a, b]] = await callOf(2);
    const before = [seal(a!), seal(b!)] as const;
    const c = call.join('newcomer');
    await call.settle();
    expect(open(c, a!, before[0])).toEqual({ ok: false, reason: 'no-key' });
    expect(open(c, b!, before[1])).toEqual({ ok: false, reason: 'no-key' });
    expect(open(b!, a!, before[0]).ok).toBe(true);
    expectEveryoneHears(call);
  });

  it('seals from the first frame on, before anyone holds the key', () => {
    const call = new Call();
    const a = call.join('alone');
    expect(seal(a).length).toBe(speech.length + 11);
  });

  it('during a change of keys gives a newcomer the next key only', async () => {
    const [call, [a, b, c]] = await callOf(3);
    const before = seal(a!);
    expectHears(b!, a!);
    call.intercept = (envelope) => (isAcknowledgement(envelope.data) ? [] : [envelope]);
    call.leave(c!.id);
    const during = seal(a!);
    const d = call.join('newcomer');
    await call.settle();
    expect(open(d, a!, before).ok).toBe(false);
    expect(open(d, a!, during).ok).toBe(false);
    call.scheduler.advance(switchDeadlineMs);
    expectEveryoneHears(call);
  });
});

describe('leave', () => {
  it('closes everything sealed afterwards to whoever left', async () => {
    const [call, [a, b, c]] = await callOf(3);
    expectEveryoneHears(call);
    call.leave(c!.id);
    const frame = seal(a!);
    expect(open(b!, a!, frame).ok).toBe(true);
    expect(open(c!, a!, frame)).toEqual({ ok: false, reason: 'no-key' });
    expect(open(c!, b!, seal(b!))).toEqual({ ok: false, reason: 'no-key' });
    expectEveryoneHears(call);
  });

  it('is over after a second even if somebody acknowledges nothing', async () => {
    const [call, [a, b, c]] = await callOf(3);
    call.intercept = (envelope) => (isAcknowledgement(envelope.data) ? [] : [envelope]);
    call.leave(c!.id);
    expect(open(c!, a!, seal(a!)).ok).toBe(true);
    call.scheduler.advance(switchDeadlineMs - 1);
    expect(open(c!, a!, seal(a!)).ok).toBe(true);
    call.scheduler.advance(1);
    const frame = seal(a!);
    expect(open(c!, a!, frame)).toEqual({ ok: false, reason: 'no-key' });
    expect(open(b!, a!, frame).ok).toBe(true);
  });

  it('is not put off by more people leaving', async () => {
    const [call, [a, , c, d]] = await callOf(4);
    call.intercept = (envelope) => (isAcknowledgement(envelope.data) ? [] : [envelope]);
    call.leave(c!.id);
    call.scheduler.advance(switchDeadlineMs - 1);
    call.leave(d!.id);
    call.scheduler.advance(1);
    expect(open(c!, a!, seal(a!)).ok).toBe(false);
    expect(open(d!, a!, seal(a!)).ok).toBe(false);
    expectEveryoneHears(call);
  });

  it('of the last other person changes the key at once', async () => {
    const [call, [a, b]] = await callOf(2);
    expectHears(b!, a!);
    call.leave(b!.id);
    expect(open(b!, a!, seal(a!))).toEqual({ ok: false, reason: 'no-key' });
  });

  it('old frames stop opening a while after the change', async () => {
    const [call, [a, b, c]] = await callOf(3);
    const first = seal(a!);
    const second = seal(a!);
    call.leave(c!.id);
    expect(open(b!, a!, first).ok).toBe(true);
    call.scheduler.advance(10_000);
    expect(open(b!, a!, second)).toEqual({ ok: false, reason: 'no-key' });
    expectEveryoneHears(call);
  });
});

describe('rotation', () => {
  it('draws a fresh generation every ten minutes', async () => {
    const [call, [a, b]] = await callOf(2);
    for (let generation = 1; generation <= 3; generation++) {
      call.scheduler.advance(rotationIntervalMs);
      expect(a!.senderKeyIds.at(-1)).toEqual({ generation, step: 0 });
      expectEveryoneHears(call);
    }
    expect(b!.session.refusedEnvelopes).toEqual({ unknownSender: 0, rejected: 0 });
  });
});

describe('what the server may try', () => {
  it('a ghost without the link secret gets no key and is refused', async () => {
    const [call, [a, b]] = await callOf(2);
    const ghost = call.join('ghost', new Uint8Array(32).fill(9));
    await call.settle();
    expect(a!.states.get('ghost')).toEqual({ kind: 'failed', code: 'handshake-confirmation' });
    expect(ghost.states.get(a!.id)).toEqual({ kind: 'failed', code: 'handshake-refused' });
    expect(open(ghost, a!, seal(a!))).toEqual({ ok: false, reason: 'no-key' });
    expect(open(a!, ghost, seal(ghost))).toEqual({ ok: false, reason: 'no-key' });
    expect(call.relayed.filter(({ to, kind }) => to === 'ghost' && kind === 'sender-key')).toEqual(
      [],
    );
    expectHears(b!, a!);
  });

  it('an envelope from nobody in the call is ignored and counted', async () => {
    const [call, [a, b]] = await callOf(2);
    a!.session.receive('stranger', 'handshake', Uint8Array.of(1));
    expect(a!.session.refusedEnvelopes).toEqual({ unknownSender: 1, rejected: 0 });
    expectHears(b!, a!);
    expectEveryoneHears(call);
  });

  it('every envelope of a call, given again, is refused and changes nothing', async () => {
    const [call, [a, b]] = await callOf(2);
    expectEveryoneHears(call);
    for (const { from, to, kind, data } of [...call.relayed]) {
      call.members.get(to)!.session.receive(from, kind, data);
    }
    await call.settle();
    expect(a!.states.get(b!.id)!.kind).toBe('secure');
    const refused = a!.session.refusedEnvelopes.rejected + b!.session.refusedEnvelopes.rejected;
    expect(refused).toBe(call.relayed.length);
    expectEveryoneHears(call);
  });

  it('a sender key envelope with any byte changed is refused', async () => {
    const [call, [a, b]] = await callOf(2);
    const refusedBefore = b!.session.refusedEnvelopes.rejected;
    let sent = 0;
    call.intercept = (envelope) => {
      if (envelope.from !== a!.id) return [envelope];
      return Array.from(envelope.data, (_, index) => {
        sent++;
        const data = envelope.data.slice();
        data[index]! ^= 1;
        return { ...envelope, data };
      });
    };
    call.scheduler.advance(rotationIntervalMs);
    call.scheduler.advance(switchDeadlineMs);
    expect(sent).toBeGreaterThan(0);
    expect(b!.session.refusedEnvelopes.rejected - refusedBefore).toBe(sent);
    expect(open(b!, a!, seal(a!)).ok).toBe(false);
  });

  it('an envelope moved to another pair is refused', async () => {
    const [call, [a, b, c]] = await callOf(3);
    call.intercept = (envelope) =>
      envelope.from === a!.id && envelope.to === b!.id ? [{ ...envelope, to: c!.id }] : [envelope];
    call.scheduler.advance(rotationIntervalMs);
    expect(c!.session.refusedEnvelopes.rejected).toBeGreaterThan(0);
    expectHears(c!, a!);
  });

  it('who joins again handshakes again and gets keys again', async () => {
    const [call, [a, b]] = await callOf(2);
    const opener = a!.session.openerFor(b!.id);
    const old = seal(b!);
    call.leave(b!.id);
    expect(opener.open(old)).toEqual({ ok: false, reason: 'no-key' });
    const again = call.join(b!.id);
    await call.settle();
    expect(a!.session.openerFor(b!.id)).toBe(opener);
    expect(opener.open(old).ok).toBe(false);
    expectHears(a!, again);
    expectHears(again, a!);
  });

  it('two members of the same order fail', () => {
    const call = new Call();
    const a = call.join('a');
    a.session.addPeer({ peerId: 'twin', order: a.order });
    expect(a.states.get('twin')).toEqual({ kind: 'failed', code: 'handshake-mismatch' });
  });
});

describe('close', () => {
  it('seals and opens nothing more and leaves no timer', async () => {
    const [call, [a, b]] = await callOf(2);
    const frame = seal(b!);
    a!.session.close();
    a!.session.close();
    expect(a!.session.sealer.seal(speech, { rtpTimestamp: 0 })).toEqual({
      ok: false,
      reason: 'no-key',
    });
    expect(open(a!, b!, frame)).toEqual({ ok: false, reason: 'no-key' });
    b!.session.close();
    expect(call.scheduler.pending).toBe(0);
  });

  it('while an identity is signing makes no pair secure', async () => {
    const call = new Call();
    const a = call.join('a');
    const b = call.join('b');
    a.session.close();
    await call.settle();
    expect(b.states.get('a')!.kind).toBe('agreeing');
    expect(a.states.get('b')!.kind).toBe('agreeing');
  });
});
