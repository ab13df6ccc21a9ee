import { describe, expect, it } from 'vitest';
import { ManualScheduler } from '../../test/members.ts';
import { seededRandom } from '../../test/seeded-random.ts';
import { frameMetadata } from '../sframe/index.ts';
import type { SenderKeyId } from '../sframe/index.ts';
import { SenderKeys, switchDeadlineMs } from './sender-keys.ts';

function newKeys() {
  const scheduler = new ManualScheduler();
  const delivered: { readonly peerId: string; readonly id: SenderKeyId }[] = [];
  const used: SenderKeyId[] = [];
  const keys = new SenderKeys({
    suite: 'AES_128_CTR_HMAC_SHA256_80',
    metadata: frameMetadata({ callId: 'call', senderId: 'alice', mode: 'e2ee' }),
    random: seededRandom(1),
    scheduler,
    deliver: (peerId, { id }) => delivered.push({ peerId, id }),
    onSwitch: (id) => used.push(id),
  });
  const sealOne = (): void => void keys.seal(Uint8Array.of(1));
  return { scheduler, delivered, used, keys, sealOne };
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

  it('gets one step more, alone, once a frame was sealed; after the last step all get a fresh key', () => {
    const { keys, delivered, used, sealOne } = newKeys();
    for (let i = 0; i < 8; i++) {
      sealOne();
      keys.addMember(`peer-${i}`);
    }
    expect(delivered.slice(0, 7).map(({ id }) => id.step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(delivered.slice(7).map(({ peerId }) => peerId)).toEqual(
      Array.from({ length: 8 }, (_, i) => `peer-${i}`),
    );
    expect(new Set(delivered.slice(7).map(({ id }) => id.generation))).toEqual(new Set([1]));
    expect(used.at(-1)).toEqual({ generation: 0, step: 7 });
    for (let i = 0; i < 8; i++) keys.acknowledge(`peer-${i}`, { generation: 1, step: 0 });
    expect(used.at(-1)).toEqual({ generation: 1, step: 0 });
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

  it('is not drawn for somebody who never held a key', () => {
    const { keys, used, delivered } = newKeys();
    keys.removeMember('stranger');
    expect(used).toHaveLength(1);
    expect(delivered).toEqual([]);
  });
});
