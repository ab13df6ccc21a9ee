import { describe, expect, it } from 'vitest';
import { ManualScheduler } from '../../test/members.ts';
import { seededRandom } from '../../test/seeded-random.ts';
import { frameMetadata } from '../sframe/index.ts';
import type { SenderKeyId } from '../sframe/index.ts';
import { SenderKeys, switchDeadlineMs } from './sender-keys.ts';
import type { SenderKeyStatus } from './session-ports.ts';

function newKeys() {
  const scheduler = new ManualScheduler();
  const delivered: { readonly peerId: string; readonly id: SenderKeyId }[] = [];
  const used: SenderKeyId[] = [];
  const statuses: SenderKeyStatus[] = [];
  const keys = new SenderKeys({
    suite: 'AES_128_CTR_HMAC_SHA256_80',
    metadata: frameMetadata({ callId: 'call', senderId: 'alice', mode: 'e2ee' }),
    random: seededRandom(1),
    scheduler,
    deliver: (peerId, { id }) => delivered.push({ peerId, id }),
    onStatus: (status) => {
      statuses.push(status);
      const { generation, step } = status;
      const last = used.at(-1);
      if (last?.generation !== generation || last.step !== step) used.push({ generation, step });
    },
  });
  const sealOne = (): void => void keys.seal(Uint8Array.of(1));
  return { scheduler, delivered, used, statuses, keys, sealOne };
}

describe('a newcomer', () => {
  it('gets the current step as long as nothing was sealed under it', () => {
    const { keys, delivered } = newKeys();
    keys.addMember('bob');
    keys.addMember('carol');
    expect(delivered.map(({ id }) => id)).toEqual([
      { generation: 0, step: 0 },
      { generation: 0, step: 0 },
    ]);
  });

  it('gets one step more, alone, once a frame was sealed; the last step draws a fresh key for all', () => {
    const { keys, delivered, used, sealOne } = newKeys();
    for (let i = 0; i < 7; i++) {
      sealOne();
      keys.addMember(`peer-${i}`);
    }
    expect(delivered.slice(0, 7).map(({ id }) => id.step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(delivered.slice(7).map(({ peerId }) => peerId)).toEqual(
      Array.from({ length: 7 }, (_, i) => `peer-${i}`),
    );
    expect(new Set(delivered.slice(7).map(({ id }) => id.generation))).toEqual(new Set([1]));
    expect(used.at(-1)).toEqual({ generation: 0, step: 7 });
    for (let i = 0; i < 7; i++) keys.acknowledge(`peer-${i}`, { generation: 1, step: 0 });
    expect(used.at(-1)).toEqual({ generation: 1, step: 0 });
  });

  it('who comes while a fresh key waits gets the next step of the current one, and the fresh one', () => {
    const { keys, delivered, sealOne } = newKeys();
    for (const peer of ['bob', 'carol']) keys.addMember(peer);
    sealOne();
    keys.removeMember('carol');
    keys.addMember('dave');
    expect(delivered.filter(({ peerId }) => peerId === 'dave').map(({ id }) => id)).toEqual([
      { generation: 0, step: 1 },
      { generation: 1, step: 0 },
    ]);
  });

  it('does not wait for a fresh key when the steps are spent', () => {
    const { keys, delivered, used, sealOne } = newKeys();
    for (let i = 0; i < 8; i++) {
      sealOne();
      keys.addMember(`peer-${i}`);
    }
    expect(used.at(-1)).toEqual({ generation: 1, step: 0 });
    expect(delivered.at(-1)).toEqual({ peerId: 'peer-7', id: { generation: 1, step: 0 } });
  });
});

describe('a key that is not acknowledged', () => {
  it('is given again, ever more seldom, until it is', () => {
    const { keys, delivered, statuses, scheduler } = newKeys();
    keys.addMember('bob');
    expect(statuses.at(-1)?.unacknowledged).toEqual(['bob']);
    scheduler.advance(60_000);
    const tries = delivered.length;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(25);
    keys.acknowledge('bob', { generation: 0, step: 0 });
    expect(statuses.at(-1)?.unacknowledged).toEqual([]);
    scheduler.advance(60_000);
    expect(delivered).toHaveLength(tries);
  });

  it('is replaced by a newer one, and an acknowledgement of the older does not count', () => {
    const { keys, delivered, statuses, scheduler } = newKeys();
    for (const peer of ['bob', 'carol']) keys.addMember(peer);
    keys.removeMember('carol');
    keys.acknowledge('bob', { generation: 0, step: 0 });
    expect(statuses.at(-1)?.unacknowledged).toEqual(['bob']);
    const before = delivered.length;
    scheduler.advance(500);
    expect(delivered.slice(before)).toEqual([{ peerId: 'bob', id: { generation: 1, step: 0 } }]);
  });
});

describe('a fresh generation', () => {
  it('waits for every acknowledgement of that generation, and no longer than a second', () => {
    const { keys, used, scheduler } = newKeys();
    for (const peer of ['bob', 'carol', 'dave']) keys.addMember(peer);
    keys.removeMember('dave');
    keys.acknowledge('bob', { generation: 1, step: 0 });
    keys.acknowledge('carol', { generation: 0, step: 0 });
    keys.acknowledge('stranger', { generation: 1, step: 0 });
    expect(used).toHaveLength(1);
    scheduler.advance(switchDeadlineMs - 1);
    expect(used).toHaveLength(1);
    scheduler.advance(1);
    expect(used.at(-1)).toEqual({ generation: 1, step: 0 });
  });

  it('is in use after fifty frames where the timer does not fire', () => {
    const { keys, used, sealOne } = newKeys();
    for (const peer of ['bob', 'carol']) keys.addMember(peer);
    keys.removeMember('carol');
    for (let frame = 0; frame < 50; frame++) sealOne();
    expect(used).toHaveLength(1);
    sealOne();
    expect(used.at(-1)).toEqual({ generation: 1, step: 0 });
  });

  it('is drawn by the number of frames where no timer fires, so that none grows by more than 14 bytes', () => {
    const { keys, used, statuses } = newKeys();
    keys.addMember('bob');
    const growths = new Set<number>();
    for (let frame = 0; frame < 2 ** 15 + 60; frame++) {
      const sealed = keys.seal(Uint8Array.of(1));
      growths.add(sealed.ok ? sealed.bytes.length - 1 : Number.NaN);
    }
    expect([...growths]).toEqual([11, 12, 13]);
    expect(used.at(-1)).toEqual({ generation: 1, step: 0 });
    expect(statuses.at(-1)).toMatchObject({
      changes: { join: 0, leave: 0, age: 1 },
      lastChange: 'age',
    });
  });

  it('is never so far ahead that its key id could be taken for another', () => {
    const { keys, used } = newKeys();
    const peers = Array.from({ length: 100 }, (_, i) => `peer-${i}`);
    for (const peer of peers) keys.addMember(peer);
    for (const peer of peers.slice(0, 31)) keys.removeMember(peer);
    expect(used.at(-1)).toEqual({ generation: 31, step: 0 });
  });

  it('is not drawn for somebody who never held a key', () => {
    const { keys, used, delivered } = newKeys();
    keys.removeMember('stranger');
    expect(used).toHaveLength(1);
    expect(delivered).toEqual([]);
  });
});
