/**
 * AES-128 in counter mode (FIPS 197, SP 800-38A section 6.5) as WebAssembly, bit-sliced: eight blocks
 * at once in eight vectors, of which vector p holds bit p of every byte.
 *
 *     vector p, byte lane i, bit b  =  bit p of byte i of block b
 *
 * There is no table and no branch that depends on key or data, so what runs on the same core learns
 * nothing from the time a frame takes.
 */
import {
  bigEndian,
  i32,
  repeatUntil,
  repeatWhile,
  v128,
  type Code,
  type Variable,
} from './instructions.ts';
import { FunctionBuilder } from './module.ts';
import { substitution } from './aes-substitution.ts';

const blocksAtOnce = 8;
const blockBytes = 16;
const batchBytes = blocksAtOnce * blockBytes;
/** AES-128: FIPS 197 table 3. */
export const aesRounds = 10;
/** Eight vectors. */
export const roundKeyBytes = 128;

export interface AesPlaces {
  /** `aesRounds + 1` round keys, bit-sliced: see `bitSlicedKey`. */
  readonly roundKeys: number;
  /** 16 bytes: the nonce of 12, then the block counter. */
  readonly counterBlock: number;
}

/** `encrypt(text, length)`: XORs the key stream into the text, and into what follows up to whole batches of 128 bytes. */
export function aesCounterMode({ roundKeys, counterBlock }: AesPlaces): FunctionBuilder {
  const code = new FunctionBuilder('encrypt', 2);
  const [text, length] = code.parameters;
  if (text === undefined || length === undefined) throw new TypeError('encrypt takes a text');
  const planes = code.locals('v128', 8);
  const key = code.local('i32');
  const counter = code.local('i32');
  const end = code.local('i32');
  const scratch = code.local('v128');
  const box = substitution(code, planes);
  const rotatedPlanes = code.locals('v128', 8);
  return code.setBody(
    end.set(i32.add(text.get, length.get)),
    counter.set(i32.const(0)),
    repeatWhile(i32.ltU(text.get, end.get), [
      ...i32.store(i32.const(counterBlock), bigEndian(counter.get), 12),
      ...sliceCounters(planes, counterBlock),
      ...key.set(i32.const(roundKeys)),
      ...addRoundKey(planes, key),
      ...repeatUntil(
        [...box, ...shiftRows(planes), ...key.set(i32.add(key.get, i32.const(roundKeyBytes)))],
        i32.eq(key.get, i32.const(roundKeys + aesRounds * roundKeyBytes)),
        [...mixColumns(planes, rotatedPlanes), ...addRoundKey(planes, key)],
      ),
      ...addRoundKey(planes, key),
      ...unslice(planes, scratch),
      ...planes.flatMap((block, i) =>
        v128.store(
          text.get,
          v128.xor(v128.load(text.get, blockBytes * i), block.get),
          blockBytes * i,
        ),
      ),
      ...text.set(i32.add(text.get, i32.const(batchBytes))),
      ...counter.set(i32.add(counter.get, i32.const(blocksAtOnce))),
    ]),
  );
}

/** Bit p of each byte fills the lane; of the last byte, the lowest bits count the blocks. */
function sliceCounters(planes: readonly Variable[], counterBlock: number): Code {
  const lowest = [0b10101010, 0b11001100, 0b11110000];
  return planes.flatMap((plane, bit) => {
    const top = v128.i8x16Shl(v128.load(i32.const(counterBlock)), i32.const(7 - bit));
    const filled = v128.i8x16ShrS(top, i32.const(7));
    const counting = lowest[bit];
    return plane.set(
      counting === undefined
        ? filled
        : v128.xor(filled, v128.const([...new Array<number>(15).fill(0), counting])),
    );
  });
}

function addRoundKey(planes: readonly Variable[], key: Variable): Code {
  return planes.flatMap((plane, bit) =>
    plane.set(v128.xor(plane.get, v128.load(key.get, blockBytes * bit))),
  );
}

/** FIPS 197 section 5.1.2: row r of the state moves r columns. Lane = 4 * column + row. */
function shiftRows(planes: readonly Variable[]): Code {
  const lanes = lanesFrom((row, column) => 4 * ((column + row) % 4) + row);
  return planes.flatMap((plane) => plane.set(v128.shuffle(plane.get, lanes)));
}

/** FIPS 197 section 5.1.3, as 2(a + a') + a' + (a + a')'' where a prime takes the column one row on. */
function mixColumns(planes: readonly Variable[], next: readonly Variable[]): Code {
  const oneRow = lanesFrom((row, column) => 4 * column + ((row + 1) % 4));
  const twoRows = lanesFrom((row, column) => 4 * column + ((row + 2) % 4));
  const sums = planes.map((plane, bit) => {
    const nextPlane = at(next, bit);
    return [
      ...nextPlane.set(v128.shuffle(plane.get, oneRow)),
      ...plane.set(v128.xor(plane.get, nextPlane.get)),
    ];
  });
  // Doubling moves each bit up; the highest comes back by the field's polynomial, 0x1b.
  const highest = at(planes, 7);
  const mixed = planes.map((plane, bit) => {
    const nextPlane = at(next, bit);
    const kept = v128.xor(nextPlane.get, v128.shuffle(plane.get, twoRows));
    const doubled = bit === 0 ? highest.get : at(planes, bit - 1).get;
    const reduced = bit === 1 || bit === 3 || bit === 4 ? v128.xor(doubled, highest.get) : doubled;
    return nextPlane.set(v128.xor(kept, reduced));
  });
  return [
    ...sums.flat(),
    ...mixed.flat(),
    ...planes.flatMap((plane, bit) => plane.set(at(next, bit).get)),
  ];
}

/** Transposes 8 by 8 bits in every lane: vector b becomes block b. */
function unslice(planes: readonly Variable[], scratch: Variable): Code {
  const code: number[] = [];
  for (const [distance, mask] of [
    [1, 0x55],
    [2, 0x33],
    [4, 0x0f],
  ] as const) {
    const lanes = v128.const(new Array<number>(16).fill(mask));
    const by = i32.const(distance);
    for (let i = 0; i < 8; i++) {
      if ((i & distance) !== 0) continue;
      const [low, high] = [at(planes, i), at(planes, i + distance)];
      const moved = v128.and(v128.xor(v128.i64x2ShrU(low.get, by), high.get), lanes);
      code.push(
        ...scratch.set(moved),
        ...high.set(v128.xor(high.get, scratch.get)),
        ...low.set(v128.xor(low.get, v128.i64x2Shl(scratch.get, by))),
      );
    }
  }
  return code;
}

function lanesFrom(source: (row: number, column: number) => number): number[] {
  return Array.from({ length: 16 }, (_, lane) => source(lane % 4, Math.floor(lane / 4)));
}

function at(variables: readonly Variable[], index: number): Variable {
  const variable = variables[index];
  if (variable === undefined) throw new RangeError(`no vector ${index}`);
  return variable;
}
