/**
 * Handshake messages. Big-endian; a flight is one or more of them after each other.
 *
 *     message     version 1 | type 1 | length 2 | body
 *     commit      suite 2 | commitment 32
 *     dh-part     suite 2 | role 1 | mode 1+n | call id 1+n | participant id 1+n
 *                 | identity 32 | ephemeral 32 | nonce 32 | KEM key 1184 (responder only)
 *     kem         ciphertext 1088
 *     confirm     signature 64 | MAC 32
 *     refuse      (empty)
 */
import { concatBytes } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import { shortText, uint16, WireReader } from './wire.ts';

export const handshakeVersion = 1;

/** Largest flight, in bytes: what a relayed envelope may carry. */
const maxFlightBytes = 4096;

const messageTypes = {
  commit: 1,
  'dh-part-responder': 2,
  'dh-part-initiator': 3,
  kem: 4,
  'confirm-initiator': 5,
  'confirm-responder': 6,
  refuse: 7,
} as const;
export type MessageType = keyof typeof messageTypes;

const typeByNumber = new Map<number, MessageType>([
  [1, 'commit'],
  [2, 'dh-part-responder'],
  [3, 'dh-part-initiator'],
  [4, 'kem'],
  [5, 'confirm-initiator'],
  [6, 'confirm-responder'],
  [7, 'refuse'],
]);

export const handshakeSizes = {
  hash: 32,
  identity: 32,
  ephemeral: 32,
  nonce: 32,
  /** ML-KEM-768, FIPS 203 table 3. */
  kemKey: 1184,
  kemCiphertext: 1088,
  signature: 64,
  mac: 32,
} as const;

export type Role = 'initiator' | 'responder';
const roleNumbers = { initiator: 1, responder: 2 } as const;

export interface Commit {
  /** RFC 9605 number of the frame suite. */
  readonly suiteId: number;
  readonly commitment: Uint8Array;
}

export interface DhPart {
  readonly suiteId: number;
  readonly role: Role;
  readonly mode: string;
  readonly callId: string;
  readonly participantId: string;
  readonly identity: Uint8Array;
  readonly ephemeral: Uint8Array;
  readonly nonce: Uint8Array;
  /** The responder's ML-KEM-768 encapsulation key. */
  readonly kemKey: Uint8Array | undefined;
}

export interface Confirm {
  readonly signature: Uint8Array;
  readonly mac: Uint8Array;
}

/** A message as it travels: `bytes` is the whole of it, header included. */
export interface Message {
  readonly type: MessageType;
  readonly bytes: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * Splits a flight and checks that it holds messages of exactly the types expected.
 * @throws KeyingError `malformed`; `handshake-mismatch` for another version; `handshake-refused`
 * where the peer gave up; `handshake-unexpected` for other messages than these.
 */
export function parseFlight<T extends readonly MessageType[]>(
  flight: Uint8Array,
  expected: readonly [...T],
): { [K in keyof T]: Message } {
  if (flight.length > maxFlightBytes) throw new KeyingError('malformed', 'flight is too long');
  const reader = new WireReader(flight);
  const messages: Message[] = [];
  do messages.push(readMessage(reader));
  while (!reader.isAtEnd);
  const types = messages.map(({ type }) => type);
  if (types.includes('refuse')) throw new KeyingError('handshake-refused', 'the peer gave up');
  if (!isFlight(messages, expected)) {
    throw new KeyingError('handshake-unexpected', `got ${types.join()}, not ${expected.join()}`);
  }
  return messages;
}

function isFlight<T extends readonly MessageType[]>(
  messages: Message[],
  expected: readonly [...T],
): messages is { [K in keyof T]: Message } & Message[] {
  return (
    messages.length === expected.length &&
    messages.every(({ type }, index) => type === expected[index])
  );
}

function readMessage(reader: WireReader): Message {
  const version = reader.uint8();
  if (version !== handshakeVersion) {
    throw new KeyingError('handshake-mismatch', `handshake version ${version}`);
  }
  const typeNumber = reader.uint8();
  const type = typeByNumber.get(typeNumber);
  if (type === undefined) throw new KeyingError('malformed', 'unknown message type');
  const body = reader.bytes(reader.uint16());
  return { type, bytes: encodeMessage(type, body), body };
}

export function encodeMessage(type: MessageType, body: Uint8Array): Uint8Array {
  const header = Uint8Array.of(handshakeVersion, messageTypes[type]);
  return concatBytes(header, uint16(body.length), body);
}

export function encodeCommit({ suiteId, commitment }: Commit): Uint8Array {
  return encodeMessage('commit', concatBytes(uint16(suiteId), commitment));
}

/** @throws KeyingError `malformed`; so do the parsers below. */
export function parseCommit({ body }: Message): Commit {
  const reader = new WireReader(body);
  const commit = { suiteId: reader.uint16(), commitment: reader.bytes(handshakeSizes.hash) };
  reader.end();
  return commit;
}

export function encodeDhPart(part: DhPart): Uint8Array {
  return encodeMessage(
    `dh-part-${part.role}`,
    concatBytes(
      uint16(part.suiteId),
      Uint8Array.of(roleNumbers[part.role]),
      shortText(part.mode),
      shortText(part.callId),
      shortText(part.participantId),
      part.identity,
      part.ephemeral,
      part.nonce,
      part.kemKey ?? new Uint8Array(0),
    ),
  );
}

export function parseDhPart({ body }: Message): DhPart {
  const reader = new WireReader(body);
  const suiteId = reader.uint16();
  const role = parseRole(reader.uint8());
  const part = {
    suiteId,
    role,
    mode: reader.shortText(),
    callId: reader.shortText(),
    participantId: reader.shortText(),
    identity: reader.bytes(handshakeSizes.identity),
    ephemeral: reader.bytes(handshakeSizes.ephemeral),
    nonce: reader.bytes(handshakeSizes.nonce),
    kemKey: role === 'responder' ? reader.bytes(handshakeSizes.kemKey) : undefined,
  };
  reader.end();
  return part;
}

function parseRole(value: number): Role {
  if (value === roleNumbers.initiator) return 'initiator';
  if (value === roleNumbers.responder) return 'responder';
  throw new KeyingError('malformed', 'unknown role');
}

export function encodeKem(ciphertext: Uint8Array): Uint8Array {
  return encodeMessage('kem', ciphertext);
}

/** The ciphertext. */
export function parseKem({ body }: Message): Uint8Array {
  const reader = new WireReader(body);
  const ciphertext = reader.bytes(handshakeSizes.kemCiphertext);
  reader.end();
  return ciphertext;
}

export function encodeConfirm(role: Role, { signature, mac }: Confirm): Uint8Array {
  return encodeMessage(`confirm-${role}`, concatBytes(signature, mac));
}

export function parseConfirm({ body }: Message): Confirm {
  const reader = new WireReader(body);
  const signature = reader.bytes(handshakeSizes.signature);
  const mac = reader.bytes(handshakeSizes.mac);
  reader.end();
  return { signature, mac };
}

/**
 * Tells the peer that this side gave up. Not authenticated: it saves the peer from waiting, and a
 * relay that forges it does no more than one that drops everything.
 */
export function encodeRefusal(): Uint8Array {
  return encodeMessage('refuse', new Uint8Array(0));
}
