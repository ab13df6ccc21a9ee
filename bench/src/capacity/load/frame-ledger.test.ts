import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { FrameLedger } from './frame-ledger.ts';

function opened(): FrameLedger {
  const ledger = new FrameLedger();
  ledger.open();
  return ledger;
}

it('counts each arrival at each listener once', () => {
  const ledger = opened();
  const frame = randomBytes(91);
  expect(ledger.sending(frame)).toBe(true);
  ledger.arrived(frame, 1);
  ledger.arrived(frame, 2);
  expect(ledger.arrivals.delaysMs).toHaveLength(2);
  expect(ledger.arrivals.wrong).toBe(0);
  ledger.arrived(frame, 2);
  expect(ledger.arrivals.delaysMs).toHaveLength(2);
  expect(ledger.arrivals.wrong).toBe(1);
});

it('does not count a frame that was changed on the way', () => {
  const ledger = opened();
  const frame = randomBytes(91);
  ledger.sending(frame);
  const changed = Buffer.from(frame);
  changed[3] = (changed[3] ?? 0) ^ 1;
  ledger.arrived(changed, 1);
  expect(ledger.arrivals).toEqual({ delaysMs: [], wrong: 1 });
});

it('counts what was sent between opening and stopping, also when it comes later', () => {
  const ledger = new FrameLedger();
  const [before, during, after] = [randomBytes(91), randomBytes(91), randomBytes(91)];
  expect(ledger.sending(before)).toBe(false);
  ledger.open();
  ledger.sending(during);
  ledger.stopSending();
  expect(ledger.sending(after)).toBe(false);
  for (const frame of [before, during, after]) ledger.arrived(frame, 1);
  expect(ledger.arrivals.delaysMs).toHaveLength(1);
  ledger.open();
  expect(ledger.arrivals.delaysMs).toHaveLength(0);
});

it('forgets what was before it is opened again', () => {
  const ledger = opened();
  const [frame, repeated] = [randomBytes(91), randomBytes(91)];
  ledger.sending(frame);
  ledger.sending(repeated);
  for (let i = 0; i < 2; i++) ledger.arrived(repeated, 1);
  expect(ledger.arrivals.wrong).toBe(1);
  ledger.open();
  ledger.arrived(frame, 1);
  expect(ledger.arrivals).toEqual({ delaysMs: [], wrong: 0 });
});

it('remembers what was sent, whatever becomes of its buffer', () => {
  const ledger = opened();
  const frame = randomBytes(91);
  const sent = Buffer.from(frame);
  ledger.sending(sent);
  sent.fill(0, 0, 10);
  ledger.arrived(frame, 1);
  expect(ledger.arrivals).toMatchObject({ delaysMs: [expect.any(Number)], wrong: 0 });
});

it('takes no notice of what is too short to be a frame', () => {
  const ledger = opened();
  ledger.arrived(new Uint8Array(5), 1);
  expect(ledger.arrivals).toEqual({ delaysMs: [], wrong: 0 });
});
