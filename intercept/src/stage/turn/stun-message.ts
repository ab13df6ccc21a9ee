/** STUN messages (RFC 8489 section 5) as far as a client of a TURN server (RFC 8656) needs them. */
import { createHash, createHmac } from 'node:crypto';
import type { Endpoint } from '../udp-relay.ts';

/** Method and class in one number (RFC 8489 section 5); methods of RFC 8656 section 17. */
export const messageTypes = {
  allocate: 0x0003,
  allocated: 0x0103,
  allocateRefused: 0x0113,
  refresh: 0x0004,
  createPermission: 0x0008,
  permissionCreated: 0x0108,
  dataIndication: 0x0017,
} as const;

/** RFC 8489 section 18.3, RFC 8656 section 18. */
export const attributeTypes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
} as const;

export interface StunAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface StunMessage {
  readonly type: number;
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  readonly attributes: readonly StunAttribute[];
}

export interface LongTermCredential {
  readonly username: string;
  readonly password: string;
  readonly realm: string;
}

const magicCookie = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
const headerBytes = 20;
const attributeHeaderBytes = 4;
const integrityBytes = 20;
/** RFC 8489 section 14.1. */
const ipv4Family = 1;

/** @param credential signs the message: RFC 8489 sections 9.2.2 and 14.5, with MD5 and SHA-1 as coturn asks for them. */
export function writeStun(message: StunMessage, credential?: LongTermCredential): Uint8Array {
  const body = Buffer.concat(message.attributes.map(writeAttribute));
  if (credential === undefined) return Buffer.concat([header(message, body.length), body]);
  // The length that is signed counts the attribute that holds the signature.
  const signedBytes = body.length + attributeHeaderBytes + integrityBytes;
  const signed = Buffer.concat([header(message, signedBytes), body]);
  const { username, realm, password } = credential;
  const key = createHash('md5').update(`${username}:${realm}:${password}`).digest();
  const value = createHmac('sha1', key).update(signed).digest();
  return Buffer.concat([signed, writeAttribute({ type: attributeTypes.messageIntegrity, value })]);
}

/** @returns undefined for what is not one; a signature is not looked at. */
export function readStun(bytes: Uint8Array): StunMessage | undefined {
  const packet = Buffer.from(bytes);
  if (packet.length < headerBytes || !packet.subarray(4, 8).equals(magicCookie)) return undefined;
  if (headerBytes + packet.readUInt16BE(2) !== packet.length) return undefined;
  const attributes: StunAttribute[] = [];
  let at = headerBytes;
  while (at < packet.length) {
    if (at + attributeHeaderBytes > packet.length) return undefined;
    const length = packet.readUInt16BE(at + 2);
    const start = at + attributeHeaderBytes;
    if (start + length > packet.length) return undefined;
    attributes.push({
      type: packet.readUInt16BE(at),
      value: packet.subarray(start, start + length),
    });
    at = start + padded(length);
  }
  return { type: packet.readUInt16BE(0), transactionId: packet.subarray(8, 20), attributes };
}

export function valueOf(message: StunMessage, type: number): Uint8Array | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value;
}

/** RFC 8489 section 14.2, IPv4. */
export function writeXorAddress({ address, port }: Endpoint): Uint8Array {
  const value = Buffer.alloc(8);
  value[1] = ipv4Family;
  value.writeUInt16BE(port ^ magicCookie.readUInt16BE(0), 2);
  value.set(xorCookie(address.split('.').map(Number)), 4);
  return value;
}

/** @returns undefined for what is not an IPv4 address */
export function readXorAddress(bytes: Uint8Array): Endpoint | undefined {
  const value = Buffer.from(bytes);
  if (value.length !== 8 || value[1] !== ipv4Family) return undefined;
  const port = value.readUInt16BE(2) ^ magicCookie.readUInt16BE(0);
  return { address: xorCookie([...value.subarray(4)]).join('.'), port };
}

function xorCookie(bytes: readonly number[]): number[] {
  return bytes.map((byte, i) => byte ^ (magicCookie[i] ?? 0));
}

function header({ type, transactionId }: StunMessage, length: number): Buffer {
  const start = Buffer.alloc(4);
  start.writeUInt16BE(type, 0);
  start.writeUInt16BE(length, 2);
  return Buffer.concat([start, magicCookie, transactionId]);
}

function writeAttribute({ type, value }: StunAttribute): Buffer {
  const attribute = Buffer.alloc(attributeHeaderBytes + padded(value.length));
  attribute.writeUInt16BE(type, 0);
  attribute.writeUInt16BE(value.length, 2);
  attribute.set(value, attributeHeaderBytes);
  return attribute;
}

/** To the next multiple of 4 (RFC 8489 section 14). */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
