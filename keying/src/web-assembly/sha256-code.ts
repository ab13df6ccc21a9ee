/** SHA-256's compression function (FIPS 180-4 section 6.2.2) as WebAssembly. */
import { bigEndian, i32, repeatUntil, v128, type Code, type Variable } from './instructions.ts';
import { FunctionBuilder } from './module.ts';

/** Of the 64 rounds, those written out; a loop runs them four times. */
const roundsWrittenOut = 16;
/** Reverses the bytes of each word: SHA-256 is big-endian, WebAssembly little-endian. */
const swappedWords = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];

export interface Sha256Places {
  /** The 64 constants, as words. */
  readonly constants: number;
  /** The hash value so far: 8 words, replaced. */
  readonly state: number;
}

/** `compress(block)`: takes the 64 bytes at `block` into the state. */
export function sha256Compression({ constants, state }: Sha256Places): FunctionBuilder {
  const code = new FunctionBuilder('compress', 1);
  const [block] = code.parameters;
  if (block === undefined) throw new TypeError('compress takes a block');
  const words = code.locals('i32', roundsWrittenOut);
  const hash = code.locals('i32', 8);
  const constant = code.local('i32');
  const sum = code.local('i32');
  const atState = i32.const(state);
  return code.setBody(
    ...words.map((word, i) => word.set(bigEndian(i32.load(block.get, 4 * i)))),
    ...hash.map((one, i) => one.set(i32.load(atState, 4 * i))),
    constant.set(i32.const(constants)),
    repeatUntil(
      words.flatMap((word, i) => round({ hash: rotated(hash, i), word, constant, sum, index: i })),
      i32.eq(constant.get, i32.const(constants + 4 * 48)),
      [
        ...words.flatMap((_, i) => nextWord(words, i)),
        ...constant.set(i32.add(constant.get, i32.const(4 * roundsWrittenOut))),
      ],
    ),
    ...hash.map((one, i) => i32.store(atState, i32.add(i32.load(atState, 4 * i), one.get), 4 * i)),
  );
}

/** Copies 32 bytes of big-endian words to or from a state's. */
export function copySwapped(from: number, to: number): Code {
  return [0, 16].flatMap((offset) =>
    v128.store(
      i32.const(to),
      v128.shuffle(v128.load(i32.const(from), offset), swappedWords),
      offset,
    ),
  );
}

interface Round {
  /** a to h of this round: instead of moving values, each round takes the variables one place on. */
  readonly hash: readonly Variable[];
  readonly word: Variable;
  readonly constant: Variable;
  readonly sum: Variable;
  readonly index: number;
}

function round({ hash, word, constant, sum, index }: Round): Code {
  const [a, b, c, d, e, f, g, h] = hash.map((one) => one.get);
  const [, , , newE, , , , newA] = hash;
  if (!a || !b || !c || !d || !e || !f || !g || !h || !newE || !newA) throw new RangeError('8');
  const choice = i32.xor(g, i32.and(e, i32.xor(f, g)));
  const majority = i32.or(i32.and(a, b), i32.and(c, i32.or(a, b)));
  const key = i32.add(i32.load(constant.get, 4 * index), word.get);
  return [
    ...sum.set(i32.add(i32.add(i32.add(h, rotations(e, 6, 11, 25)), choice), key)),
    ...newE.set(i32.add(d, sum.get)),
    ...newA.set(i32.add(i32.add(sum.get, rotations(a, 2, 13, 22)), majority)),
  ];
}

/** W of sixteen rounds later, in place. */
function nextWord(words: readonly Variable[], index: number): Code {
  const [word, next, seventh, second] = [0, 1, 9, 14].map((ahead) => words[(index + ahead) % 16]);
  if (!word || !next || !seventh || !second) throw new RangeError('16 words');
  const sigma0 = i32.xor(rotations(next.get, 7, 18), i32.shrU(next.get, i32.const(3)));
  const sigma1 = i32.xor(rotations(second.get, 17, 19), i32.shrU(second.get, i32.const(10)));
  return word.set(i32.add(i32.add(word.get, sigma0), i32.add(seventh.get, sigma1)));
}

function rotations(value: Code, ...by: readonly number[]): Code {
  return by.map((bits) => i32.rotr(value, i32.const(bits))).reduce((a, b) => i32.xor(a, b));
}

/** Variables as round `index` names them. */
function rotated<T>(items: readonly T[], index: number): T[] {
  const start = (8 - (index % 8)) % 8;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** The first 32 bits of the fractional parts of a root of the first primes (FIPS 180-4 sections 4.2.2, 5.3.3). */
function fractions(count: number, root: (value: number) => number): Uint32Array<ArrayBuffer> {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return Uint32Array.from(primes, (prime) => Math.floor((root(prime) % 1) * 2 ** 32));
}

export const sha256Constants = fractions(64, Math.cbrt);
/** The initial hash value. */
export const sha256Start = fractions(8, Math.sqrt);
