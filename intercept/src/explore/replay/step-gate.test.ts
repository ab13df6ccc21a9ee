import { beforeEach, describe, expect, it } from 'vitest';
import { StepGate } from './step-gate.ts';

/** RFC 6347 section 4.1, and of a handshake message its type (section 4.2.2). */
function dtlsRecord(type: number, epoch: number, message: number): Buffer {
  const body = Buffer.from([message, 1, 2, 3]);
  const header = Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0, 0, body.length]);
  return Buffer.concat([header, body]);
}

const serverHello = dtlsRecord(22, 0, 2);
const certificate = dtlsRecord(22, 0, 11);
const changeCipherSpec = dtlsRecord(20, 0, 1);
/** Sealed: what looks like the type of a hello is none. */
const finished = dtlsRecord(22, 1, 2);
const alert = dtlsRecord(21, 0, 2);
/** RFC 8489 section 5: a binding request. */
const stun = Buffer.from('000100002112a442000000000000000000000000', 'hex');
const rtp = Buffer.from('806f00010000000000000001ff', 'hex');

let gate: StepGate;
let delivered: Buffer[];
beforeEach(() => {
  gate = new StepGate();
  delivered = [];
});
const send = (...records: Buffer[]): void => {
  gate.holdDatagram(Buffer.concat(records), (payload) => delivered.push(Buffer.from(payload)));
};

describe('StepGate', () => {
  it('tells the hello from what follows in the same datagram', () => {
    send(serverHello, certificate);
    expect(delivered).toEqual([]);
    expect([gate.holds('hello'), gate.holds('certificate')]).toEqual([true, true]);
    gate.open('hello');
    expect(delivered).toEqual([serverHello]);
    expect([gate.hasPassed('hello'), gate.hasPassed('certificate')]).toEqual([true, false]);
  });

  it('keeps the order of what it held', () => {
    send(certificate);
    send(changeCipherSpec, finished);
    gate.open('hello');
    expect(delivered).toEqual([]);
    gate.open('certificate');
    expect(delivered).toEqual([certificate, changeCipherSpec, finished]);
    send(serverHello);
    expect(delivered.at(-1)).toEqual(serverHello);
  });

  it('lets pass what is no step', () => {
    for (const datagram of [stun, rtp, alert]) send(datagram);
    expect(delivered).toEqual([stun, rtp, alert]);
  });

  it('keeps a record that is cut off in one piece', () => {
    send(serverHello.subarray(0, 15));
    gate.open('hello');
    expect(delivered).toEqual([serverHello.subarray(0, 15)]);
  });
});
