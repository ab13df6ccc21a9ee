/** Who hears whom, by sealing a frame and opening it. */
import { expect } from 'vitest';
import type { Outcome } from '../src/errors.ts';
import { Call } from './members.ts';
import type { Member } from './members.ts';

export const speech = Uint8Array.of(0x78, 1, 2, 3, 4, 5);

export function seal(member: Member, payload = speech): Uint8Array {
  const outcome = member.session.sealer.seal(payload, { rtpTimestamp: 0 });
  if (!outcome.ok) throw new Error(`not sealed: ${outcome.reason}`);
  return outcome.bytes;
}

export function open(listener: Member, speaker: Member, frame: Uint8Array): Outcome {
  return listener.session.openerFor(speaker.id).open(frame);
}

export function expectHears(listener: Member, speaker: Member): void {
  expect(open(listener, speaker, seal(speaker))).toEqual({ ok: true, bytes: speech });
}

export function expectEveryoneHears(call: Call): void {
  const members = [...call.members.values()];
  for (const speaker of members) {
    for (const listener of members) {
      if (listener !== speaker) expectHears(listener, speaker);
    }
  }
}

export async function callOf(count: number): Promise<[Call, Member[]]> {
  const call = new Call();
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    members.push(call.join(`member-${i}`));
    await call.settle();
  }
  return [call, members];
}
