/**
 * What a trace of the `dtls` model delivers to one person, held back until the trace delivers it: the description, and of
 * the DTLS handshake (RFC 6347) the hello and what follows it, told apart record by record as anyone on the path can.
 */
import { datagramKindOf } from '../../decrypt/datagram-kind.ts';
import type { DtlsAction } from '../dtls-model.ts';

export type Delivered = DtlsAction['kind'];

/** RFC 6347 section 4.1: type (1), version (2), epoch (2), number (6), length (2). */
const recordHeaderBytes = 13;
const epochAt = 3;
const lengthAt = 11;
/** RFC 5246 section 6.2.1. */
const handshakeRecord = 22;
const alertRecord = 21;
/** RFC 6347 section 4.3.2: client's, server's, and the server's request to say it again. */
const helloMessages: ReadonlySet<number> = new Set([1, 2, 3]);

export class StepGate {
  readonly #held: { readonly kind: Delivered; readonly deliver: () => void }[] = [];
  readonly #open = new Set<Delivered>();
  readonly #passed = new Set<Delivered>();

  /** From now on, and all that was held of this kind, in the order in which it came. */
  open(kind: Delivered): void {
    this.#open.add(kind);
    const held = this.#held.splice(0);
    for (const each of held) this.hold(each.kind, each.deliver);
  }

  isOpen(kind: Delivered): boolean {
    return this.#open.has(kind);
  }

  /** Something of this kind came, and waits. */
  holds(kind: Delivered): boolean {
    return this.#held.some((held) => held.kind === kind);
  }

  hasPassed(kind: Delivered): boolean {
    return this.#passed.has(kind);
  }

  hold(kind: Delivered, deliver: () => void): void {
    if (!this.#open.has(kind)) {
      this.#held.push({ kind, deliver });
      return;
    }
    this.#passed.add(kind);
    deliver();
  }

  /** Only DTLS is held: connectivity checks are not modelled, and media come by themselves. */
  holdDatagram(payload: Uint8Array, deliver: (payload: Uint8Array) => void): void {
    const datagram = Buffer.from(payload);
    if (datagramKindOf(datagram) !== 'dtls') {
      deliver(payload);
      return;
    }
    for (const record of recordsOf(datagram)) {
      const kind = deliveredBy(record);
      if (kind === undefined) deliver(record);
      else {
        this.hold(kind, () => {
          deliver(record);
        });
      }
    }
  }
}

/** A datagram holds whole records, one or more (RFC 6347 section 4.1.1). What fits no length is kept together. */
function recordsOf(datagram: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < datagram.length;) {
    const isHeader = at + recordHeaderBytes <= datagram.length;
    const bytes = isHeader ? recordHeaderBytes + datagram.readUInt16BE(at + lengthAt) : Infinity;
    records.push(datagram.subarray(at, at + bytes));
    at += bytes;
  }
  return records;
}

/** In DTLS 1.2 the public value travels beside the certificate. An alert is no step: nothing follows from it. */
function deliveredBy(record: Buffer): Delivered | undefined {
  if (record[0] === alertRecord) return undefined;
  const isInClear = record[0] === handshakeRecord && record.readUInt16BE(epochAt) === 0;
  const message = record[recordHeaderBytes];
  return isInClear && message !== undefined && helloMessages.has(message) ? 'hello' : 'certificate';
}
