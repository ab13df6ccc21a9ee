import { participantId, type ServerEvent } from '@earshot/protocol';
import { beforeEach, expect, it } from 'vitest';
import { EarlyEvents } from './early-events.ts';

const id = participantId.parse('A'.repeat(22));
const participant = { id, order: 1, name: 'A', isMuted: false, isConnected: true };
const arrived = { seq: 1, name: 'peerArrived', payload: { peer: { id, order: 1 } } } as const;
const joined = { seq: 2, name: 'participantJoined', payload: { participant } } as const;
const payload = { from: id, kind: 'handshake', data: 'AAEC' } as const;
const envelope = { seq: 3, name: 'envelope', payload } as const;

let given: ServerEvent[];
let events: EarlyEvents;
beforeEach(() => {
  given = [];
  events = new EarlyEvents((event) => given.push(event));
});

it('gives nothing on before it is known who is there', () => {
  events.receive(arrived);
  expect(given).toEqual([]);
  events.reach('lobby');
  expect(given).toEqual([arrived]);
});

it('gives on in the lobby what keys are agreed on with, and keeps what needs media', () => {
  events.reach('lobby');
  events.receive(arrived);
  events.receive(envelope);
  events.receive(joined);
  expect(given).toEqual([arrived, envelope]);
  events.reach('call');
  expect(given).toEqual([arrived, envelope, joined]);
});

it('lets nothing overtake: an envelope waits behind the joining of who sent it', () => {
  events.reach('lobby');
  events.receive(joined);
  events.receive(envelope);
  expect(given).toEqual([]);
  events.reach('call');
  events.receive(arrived);
  expect(given).toEqual([joined, envelope, arrived]);
});
