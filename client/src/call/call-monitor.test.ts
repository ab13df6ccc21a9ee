import { expect, it } from 'vitest';
import { requireSealed } from './call-monitor.ts';
import { CallError } from './call-api.ts';

const sent = (payloadBytes: number) => ({
  sent: { packets: 3, payloadBytes, codec: undefined, roundTripMs: undefined },
  received: new Map(),
});
const counts = {
  sealed: { 'sender-1': { passed: 2, bytes: 186, dropped: {} } },
  opened: {},
  frameSuite: undefined,
};

it('accepts what was sealed, and packets of padding beside it', () => {
  expect(() => requireSealed(sent(186), 'sender-1', counts)).not.toThrow();
  expect(() => requireSealed(sent(93), 'sender-1', counts)).not.toThrow();
});

it('ends the call over one byte more than was sealed', () => {
  expect(() => requireSealed(sent(187), 'sender-1', counts)).toThrow(CallError);
});

it('does not let a closed sender vouch for its successor', () => {
  expect(() => requireSealed(sent(1), 'sender-2', counts)).toThrow('1 bytes sent, 0 sealed');
  expect(() => requireSealed(sent(1), undefined, counts)).toThrow(CallError);
});
