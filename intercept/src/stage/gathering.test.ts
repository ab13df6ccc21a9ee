import { expect, it } from 'vitest';
import { Gathering } from './gathering.ts';

it('has members who hear each other, and nobody who left', async () => {
  const gathering = new Gathering();
  const [alice, bob] = [gathering.join('alice'), gathering.join('bob')];
  await gathering.settled();
  const sealed = alice.session.sealer.seal(Uint8Array.of(1, 2, 3), { rtpTimestamp: 0 });
  expect(sealed.ok).toBe(true);
  const frame = sealed.ok ? sealed.bytes : new Uint8Array(0);
  expect(bob.session.openerFor('alice').open(frame)).toEqual({
    ok: true,
    bytes: Uint8Array.of(1, 2, 3),
  });
  gathering.leave('bob', 'others-are-told');
  await gathering.settled();
  gathering.close();
  gathering.close();
  expect(alice.session.sealer.seal(Uint8Array.of(1), { rtpTimestamp: 0 }).ok).toBe(false);
});
