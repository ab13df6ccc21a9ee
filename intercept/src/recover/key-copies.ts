/** How often a known key is in a text, whole, in the ways in which programs write bytes. */

/** Bytes in front of the key, modulo 3, decide how base64 cuts it. */
const alignments = [0, 1, 2] as const;

/** Counts hexadecimal, base64 and base64url, also within longer runs; each place once. */
export function copiesOf(key: Uint8Array, text: string): number {
  const places = new Set<number>();
  for (const written of waysToWrite(key)) {
    for (let at = text.indexOf(written); at !== -1; at = text.indexOf(written, at + 1)) {
      places.add(at);
    }
  }
  return places.size;
}

/** Copies in a piece of memory: as bytes, and as text in base64 (as in `a=crypto` lines), base64url and hexadecimal. */
export function bytesIn(key: Uint8Array, memory: Buffer): number {
  const bytes = Buffer.from(key);
  const texts = (['base64', 'base64url', 'hex'] as const).map((as) =>
    bytes.toString(as).replace(/=+$/, ''),
  );
  const forms = [bytes, ...[...new Set(texts)].map((text) => Buffer.from(text, 'latin1'))];
  let copies = 0;
  for (const form of forms) {
    for (let at = memory.indexOf(form); at !== -1; at = memory.indexOf(form, at + 1)) copies++;
  }
  return copies;
}

function waysToWrite(key: Uint8Array): Set<string> {
  const bytes = Buffer.from(key);
  const hex = bytes.toString('hex');
  const written = new Set([hex, hex.toUpperCase()]);
  for (const alignment of alignments) {
    const padded = Buffer.concat([Buffer.alloc(alignment), bytes]);
    // Characters that also carry bits of what is before or after the key are left out.
    const firstWhole = Math.ceil((alignment * 8) / 6);
    const lastWhole = Math.floor((padded.length * 8) / 6);
    for (const alphabet of ['base64', 'base64url'] as const) {
      written.add(padded.toString(alphabet).slice(firstWhole, lastWhole));
    }
  }
  return written;
}
