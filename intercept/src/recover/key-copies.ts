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
