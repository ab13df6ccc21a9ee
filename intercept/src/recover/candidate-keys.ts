/**
 * Every value in a text that could be a key: what a server would try that kept everything it relayed
 * and knows nothing about the format.
 */
import { stringsIn } from '../tap/signaling-record.ts';

/**
 * Lengths in bytes: AES-128 and AES-256 keys, SRTP master key with salt (RFC 4568, RFC 7714), X25519
 * values and hashes, SFrame's CTR key pair, SHA-512 outputs.
 */
export const keySizes = [16, 28, 30, 32, 44, 46, 48, 64] as const;

const smallest = 16;
/** Decoded at every alignment up to this many characters; longer runs are whole encoded values. */
const shortRunChars = 128;

/**
 * Decodes each run of base64, base64url and hexadecimal in the strings of `value`, at any depth, and
 * yields every window of each key size over the bytes; and strings whose own length is a key size.
 * Each candidate once.
 */
export function* candidateKeys(value: unknown): Generator<Uint8Array> {
  const seen = new Set<string>();
  const texts = new Set(stringsIn(value));
  for (const text of texts) {
    for (const bytes of [Buffer.from(text, 'utf8'), ...decodings(text)]) {
      const isText = bytes.toString('utf8') === text;
      for (const size of keySizes) {
        const last = isText && bytes.length !== size ? -1 : bytes.length - size;
        for (let start = 0; start <= last; start++) {
          const candidate = bytes.subarray(start, start + size);
          const key = candidate.toString('latin1');
          if (seen.has(key)) continue;
          seen.add(key);
          yield new Uint8Array(candidate);
        }
      }
    }
  }
}

function* decodings(text: string): Generator<Buffer> {
  for (const [run] of text.matchAll(/[0-9A-Fa-f]{32,}/g)) {
    yield Buffer.from(run, 'hex');
    yield Buffer.from(run.slice(1), 'hex');
  }
  // Colons between bytes, as fingerprints are written.
  for (const [run] of text.matchAll(/(?:[0-9A-Fa-f]{2}:){15,}[0-9A-Fa-f]{2}/g)) {
    yield Buffer.from(run.replaceAll(':', ''), 'hex');
  }
  // Buffer reads both alphabets of base64.
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{22,}/g)) {
    const alignments = run.length <= shortRunChars ? [0, 1, 2, 3] : [0];
    for (const start of alignments) {
      const bytes = Buffer.from(run.slice(start), 'base64');
      if (bytes.length >= smallest) yield bytes;
    }
  }
}
