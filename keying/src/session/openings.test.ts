import { describe, expect, it } from 'vitest';
import { expectEveryoneHears } from '../../test/hearing.ts';
import { Call } from '../../test/members.ts';
import { seededRandom } from '../../test/seeded-random.ts';
import { Secret } from '../secret.ts';
import { flightRepeatMs } from './handshake-exchange.ts';
import { createE2eeSession, drawOpenings } from './index.ts';

/** Version 1, then type 1. */
const isCommit = (data: Uint8Array): boolean => data[0] === 1 && data[1] === 1;

async function roomOf(ids: readonly string[], call: Call): Promise<void> {
  for (const id of ids) {
    call.join(id);
    await call.settle();
  }
}

const commitsOf = (call: Call, sender: string): readonly string[] =>
  call.relayed
    .filter(({ from, kind, data }) => from === sender && kind === 'handshake' && isCommit(data))
    .map(({ to }) => to);

describe('openings that go with the joining', () => {
  it('begin each handshake once, and everybody hears everybody', async () => {
    const call = new Call({ openings: 3 });
    await roomOf(['a', 'b', 'c'], call);
    expectEveryoneHears(call);
    expect(commitsOf(call, 'c')).toEqual(['a', 'b']);
  });

  it('are for the first who are there; the others are sent theirs', async () => {
    const call = new Call({ openings: 1 });
    await roomOf(['a', 'b', 'c'], call);
    expectEveryoneHears(call);
    expect(commitsOf(call, 'c')).toEqual(['a', 'b']);
  });

  it('are sent again when nothing answers them', async () => {
    let lost = 0;
    const call = new Call({
      openings: 1,
      intercept: (one) => (isCommit(one.data) && lost++ === 0 ? [] : [one]),
    });
    await roomOf(['a', 'b'], call);
    expect(call.members.get('b')!.states.get('a')!.kind).toBe('agreeing');
    call.scheduler.advance(flightRepeatMs.first);
    await call.settle();
    expectEveryoneHears(call);
    expect(commitsOf(call, 'b')).toEqual(['a', 'a']);
  });

  it('that reach somebody else than they were for open nothing', async () => {
    const other = { a: 'b', b: 'a' } as const;
    const call = new Call({
      openings: 2,
      intercept: (one) =>
        one.from === 'c' && isCommit(one.data) && (one.to === 'a' || one.to === 'b')
          ? [{ ...one, to: other[one.to] }]
          : [one],
    });
    await roomOf(['a', 'b', 'c'], call);
    for (const id of ['a', 'b']) {
      expect(call.members.get(id)!.states.get('c')).toEqual({
        kind: 'failed',
        code: 'handshake-commitment',
      });
    }
    const given = call.relayed.filter(({ to, kind }) => to === 'c' && kind === 'sender-key');
    expect(given).toEqual([]);
  });

  it('each have an ephemeral key of their own, wiped with the session if nobody took it', () => {
    const random = seededRandom(7);
    const call = { callId: 'call', selfId: 'c', random };
    const identity = {
      publicKey: random(32),
      sign: () => Promise.reject(new Error('signs nothing')),
    };
    const openings = drawOpenings({ ...call, identity, count: 3 });
    const keys = openings.map(({ ephemeral }) => ephemeral.use((bytes) => bytes.join()));
    expect(new Set(keys).size).toBe(3);
    const session = createE2eeSession({
      ...{ ...call, identity, openings, selfOrder: 5, linkSecret: Secret.copy(random(32)) },
      scheduler: { after: () => () => undefined },
      onEnvelope: () => undefined,
      onPeerState: () => undefined,
      onSenderKey: () => undefined,
    });
    session.addPeer({ peerId: 'a', order: 0 });
    session.close();
    expect(openings.map(({ ephemeral }) => ephemeral.isWiped)).toEqual([true, true, true]);
  });
});
