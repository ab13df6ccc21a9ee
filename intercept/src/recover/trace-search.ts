/** Looks for many secrets at once in memory of any size: one pass, however many there are. */

/** A secret as memory holds it, in pieces: any of them is left where the secret was. */
export interface Trace {
  readonly secret: string;
  /** At least 16 bytes each, so that none is there by chance. */
  readonly pieces: readonly Uint8Array[];
}

/** Allocators write no more than this over the start of what is freed, and leave the rest. */
const pieceBytes = 16;

export function traceOf(secret: string, bytes: Uint8Array, eachBytes = pieceBytes): Trace {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + eachBytes <= bytes.length; at += eachBytes) {
    pieces.push(bytes.slice(at, at + eachBytes));
  }
  return { secret, pieces };
}

interface Wanted {
  readonly secret: string;
  readonly bytes: Buffer;
  /** Where in `bytes` its anchor is. */
  readonly anchorAt: number;
}

interface Place {
  readonly memory: Buffer;
  readonly pair: number;
  readonly at: number;
}

/** Places worth a closer look are told by two bytes that differ: most of memory is one byte over and over. */
export class TraceSearch {
  readonly #traces: readonly Trace[];
  readonly #byAnchor = new Map<number, Wanted[]>();
  readonly #isAnchor = new Uint8Array(2 ** 16);
  readonly #found = new Set<string>();

  /** @throws RangeError for a piece of which all bytes are the same. */
  constructor(traces: readonly Trace[]) {
    this.#traces = traces;
    for (const { secret, pieces } of traces) {
      for (const piece of pieces) this.#want(secret, piece);
    }
  }

  /** Secrets found so far, in the order in which they were given. */
  get found(): string[] {
    return this.#traces.map(({ secret }) => secret).filter((secret) => this.#found.has(secret));
  }

  search(memory: Buffer): void {
    const isAnchor = this.#isAnchor;
    let pair = memory[0] ?? 0;
    for (let at = 1; at < memory.length; at++) {
      pair = ((pair << 8) | (memory[at] ?? 0)) & 0xffff;
      if (isAnchor[pair] === 1) this.#look({ memory, pair, at: at - 1 });
    }
  }

  #look({ memory, pair, at }: Place): void {
    for (const { secret, bytes, anchorAt } of this.#byAnchor.get(pair) ?? []) {
      const start = at - anchorAt;
      if (start < 0 || start + bytes.length > memory.length) continue;
      if (bytes.compare(memory, start, start + bytes.length) === 0) this.#found.add(secret);
    }
  }

  #want(secret: string, piece: Uint8Array): void {
    const bytes = Buffer.from(piece);
    const anchorAt = bytes.findIndex((byte, i) => i + 1 < bytes.length && byte !== bytes[i + 1]);
    if (anchorAt === -1) throw new RangeError('a piece whose bytes are all the same');
    const pair = bytes.readUInt16BE(anchorAt);
    this.#isAnchor[pair] = 1;
    const others = this.#byAnchor.get(pair) ?? [];
    this.#byAnchor.set(pair, [...others, { secret, bytes, anchorAt }]);
  }
}
