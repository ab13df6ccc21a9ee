/**
 * Terms as bytes, for an attacker with nothing but what it saw and drew: a term that needs a value it
 * does not have throws `UnknownTerm`. Written from docs/keying/handshake.md with Node's cryptography, not
 * with keying/: what both make of the same term is compared in `test/explore-correspondence.test.ts`.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { encapsulateTo, kemKeyBytes, rawKemKey } from '../../operator/native-ml-kem.ts';
import { parseDhPart, type DhPart } from '../e2ee-messages.ts';
import { own } from '../e2ee-attacker.ts';
import { describe, kemKey, term, verificationKey, type Term } from '../term.ts';

/** The attacker cannot make this. */
export class UnknownTerm extends Error {
  constructor(unknown: Term) {
    super(`not known: ${describe(unknown)}`);
    this.name = 'UnknownTerm';
  }
}

/** Message types of the wire format. */
const typeNumbers: Readonly<Record<string, number>> = {
  Commit: 1,
  DHPart_R: 2,
  DHPart_I: 3,
  Kem: 4,
  Confirm_I: 5,
  Confirm_R: 6,
};
/** FIPS 203 table 3. */
const kemCiphertextBytes = 1088;
/** What precedes the 32 bytes of an X25519 key (RFC 8410 section 4). */
const x25519PrivatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const x25519PublicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

export class ByteTerms {
  readonly #bytes = new Map<Term, Uint8Array>();
  readonly #signingKey: KeyObject;
  readonly #decapsulationKey: KeyObject;

  constructor() {
    const identity = generateKeyPairSync('ed25519');
    const kem = generateKeyPairSync('ml-kem-768');
    this.#signingKey = identity.privateKey;
    this.#decapsulationKey = kem.privateKey;
    this.bind(own.exponent, randomBytes(32));
    this.bind(own.nonce, randomBytes(32));
    this.bind(verificationKey(own.identity), rawPublicKey(identity.publicKey));
    this.bind(kemKey(own.decapsulationKey), rawKemKey(kem.publicKey));
  }

  /** The bytes of what was seen or given. */
  bind(bound: Term, bytes: Uint8Array): void {
    this.#bytes.set(bound, new Uint8Array(bytes));
  }

  /** @throws UnknownTerm */
  bytesOf(wanted: Term): Uint8Array {
    let bytes = this.#bytes.get(wanted);
    if (bytes === undefined) {
      bytes = new Uint8Array(this.#make(wanted));
      this.#bytes.set(wanted, bytes);
    }
    return bytes;
  }

  /** Takes one message apart as the model says that it is made. */
  read(message: Term, bytes: Uint8Array): void {
    this.bind(message, bytes);
    const part = parseDhPart(message);
    if (part === undefined) {
      this.#readFields(message, bytes);
      return;
    }
    const fixed = part.role === 'responder' ? kemKeyBytes : 0;
    const start = bytes.length - 96 - fixed;
    const field = (index: number): Uint8Array =>
      bytes.subarray(start + 32 * index, start + 32 * index + 32);
    this.bind(part.identity, field(0));
    this.bind(part.ephemeral, field(1));
    this.bind(part.nonce, field(2));
    if (part.kemKey !== undefined) this.bind(part.kemKey, bytes.subarray(start + 96));
  }

  #readFields({ name, parts: [first, second] }: Term, bytes: Uint8Array): void {
    const body = bytes.subarray(4);
    if (name === 'Commit' && second !== undefined) this.bind(second, body.subarray(2));
    if (name === 'Kem' && first !== undefined) this.bind(first, body);
    if (name.startsWith('Confirm') && first !== undefined && second !== undefined) {
      this.bind(first, body.subarray(0, 64));
      this.bind(second, body.subarray(64));
    }
  }

  #make(wanted: Term): Uint8Array {
    const { operation, parts } = wanted;
    const [first, second, ...rest] = parts;
    const need = (part: Term | undefined): Uint8Array => {
      if (part === undefined) throw new UnknownTerm(wanted);
      return this.bytesOf(part);
    };
    switch (operation) {
      case 'constant':
        return constantBytes(wanted.name);
      case 'public-value':
        return rawPublicKey(createPublicKey(x25519Key(need(first))));
      case 'shared':
        return this.#agree(wanted);
      case 'kem-ciphertext':
      case 'kem-secret':
        return this.#kem(wanted);
      case 'signature':
        if (first !== own.identity) throw new UnknownTerm(wanted);
        return sign(null, need(second), this.#signingKey);
      case 'hash':
        return sha256(this.#hashed(wanted));
      case 'key': {
        const input = Buffer.concat(rest.map((part) => this.bytesOf(part)));
        return new Uint8Array(hkdfSync('sha256', input, need(second), need(first), 32));
      }
      case 'mac':
        return createHmac('sha256', need(first))
          .update(Buffer.concat([need(second), ...rest.map((part) => this.bytesOf(part))]))
          .digest();
      case 'record':
        return this.#record(wanted);
      case 'fresh':
      case 'kem-key':
      case 'implicit-rejection':
      case 'verification-key':
      case 'sealed':
      case 'code':
      case 'ground-nonce':
        throw new UnknownTerm(wanted);
    }
  }

  /** With whichever of the two exponents is known. */
  #agree(wanted: Term): Uint8Array {
    const [one, other] = wanted.parts;
    if (one === undefined || other === undefined) throw new UnknownTerm(wanted);
    const isOneKnown = this.#bytes.has(one);
    const exponent = isOneKnown ? one : other;
    const value = term('public-value', [isOneKnown ? other : one]);
    return diffieHellman({
      privateKey: x25519Key(this.bytesOf(exponent)),
      publicKey: x25519PublicKey(this.bytesOf(value)),
    });
  }

  #kem(wanted: Term): Uint8Array {
    const [key, seed] = wanted.parts;
    if (key === undefined) throw new UnknownTerm(wanted);
    const ciphertext = term('kem-ciphertext', wanted.parts);
    if (seed !== own.kemSeed) {
      const isToOwn = key === kemKey(own.decapsulationKey) && wanted.operation === 'kem-secret';
      if (!isToOwn) throw new UnknownTerm(wanted);
      return decapsulate(this.#decapsulationKey, this.bytesOf(ciphertext));
    }
    const made = encapsulateTo(this.bytesOf(key));
    this.bind(ciphertext, made.ciphertext);
    this.bind(term('kem-secret', wanted.parts), made.sharedKey);
    return wanted.operation === 'kem-secret' ? made.sharedKey : made.ciphertext;
  }

  #hashed({ parts }: Term): Uint8Array {
    const fields = parts.map((part) => this.bytesOf(part));
    const [label] = parts;
    // Only the transcript has lengths; the commitment is over one message after its label.
    const isTranscript = label?.name.endsWith(' transcript') === true;
    return Buffer.concat(
      fields.flatMap((field) => (isTranscript ? [uint16(field.length), field] : [field])),
    );
  }

  #record(wanted: Term): Uint8Array {
    const part = parseDhPart(wanted);
    const body =
      part === undefined
        ? Buffer.concat(wanted.parts.map((each) => this.bytesOf(each)))
        : this.#dhPart(part);
    const type = typeNumbers[wanted.name];
    // What an identity signs is no message.
    if (type === undefined) return body;
    return Buffer.concat([Uint8Array.of(1, type), uint16(body.length), body]);
  }

  #dhPart(part: DhPart): Uint8Array {
    const text = (of: Term): Uint8Array =>
      Buffer.concat([Uint8Array.of(of.name.length), this.bytesOf(of)]);
    const kem = part.kemKey === undefined ? new Uint8Array(kemKeyBytes) : this.bytesOf(part.kemKey);
    return Buffer.concat([
      this.bytesOf(part.suite),
      Uint8Array.of(part.role === 'initiator' ? 1 : 2),
      ...[part.mode, part.callId, part.participantId].map(text),
      ...[part.identity, part.ephemeral, part.nonce].map((each) => this.bytesOf(each)),
      ...(part.role === 'responder' ? [kem] : []),
    ]);
  }
}

/** Of a model without an ML-KEM share: the message travels all the same, and means nothing. */
export const emptyKem = Buffer.concat([
  Uint8Array.of(1, typeNumbers['Kem'] ?? 0),
  uint16(kemCiphertextBytes),
  new Uint8Array(kemCiphertextBytes),
]);

function constantBytes(name: string): Uint8Array {
  if (name.startsWith('suite ')) return uint16(Number(name.slice('suite '.length)));
  switch (name) {
    case 'version 1':
      return Uint8Array.of(1);
    case 'zero':
    case 'low-order point':
    case 'no link secret':
    case 'no KEM secret':
      return new Uint8Array(32);
    case 'no KEM':
      return emptyKem;
    case 'junk of 32':
      return new Uint8Array(32);
    case 'junk of 64':
      return new Uint8Array(64);
    default:
      return Buffer.from(name, 'ascii');
  }
}

function x25519Key(raw: Uint8Array): KeyObject {
  const key = Buffer.concat([x25519PrivatePrefix, raw]);
  return createPrivateKey({ key, type: 'pkcs8', format: 'der' });
}

function x25519PublicKey(raw: Uint8Array): KeyObject {
  const key = Buffer.concat([x25519PublicPrefix, raw]);
  return createPublicKey({ key, type: 'spki', format: 'der' });
}

/** RFC 8410 section 4: the 32 bytes of the key end the structure. */
function rawPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }).subarray(-32));
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
