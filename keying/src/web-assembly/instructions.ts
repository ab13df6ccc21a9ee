/**
 * WebAssembly instructions as expressions: WebAssembly Core Specification 2.0, sections 5.2 and 5.4.
 *
 * An operand comes before its operator in the byte code, so an expression is its operands' code
 * followed by one opcode.
 */
export type Code = readonly number[];
export type ValueType = 'i32' | 'v128';

/** Section 5.3.1 and 5.3.3. */
export const valueTypeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b };

/** LEB128, section 5.2.2. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value | 0;
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest & 0x7f);
  return bytes;
}

/** One after the other. Engines do this many times faster than `flat`. */
export function joined(...parts: readonly Code[]): Code {
  return ([] as number[]).concat(...parts);
}

function operator(...opcode: readonly number[]): (...operands: readonly Code[]) => Code {
  return (...operands) => joined(...operands, opcode);
}

/** Of the vector instructions, section 5.4.8. */
function vectorOperator(opcode: number): (...operands: readonly Code[]) => Code {
  return operator(0xfd, ...unsigned(opcode));
}

/** A variable of one function: a parameter or a local. */
export class Variable {
  readonly #index: number;

  constructor(index: number) {
    this.#index = index;
  }

  get get(): Code {
    return [0x20, ...unsigned(this.#index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.#index)];
  }
}

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: operator(0x6a),
  sub: operator(0x6b),
  and: operator(0x71),
  or: operator(0x72),
  xor: operator(0x73),
  shl: operator(0x74),
  rotl: operator(0x77),
  rotr: operator(0x78),
  shrU: operator(0x76),
  eq: operator(0x46),
  ltU: operator(0x49),
  load: (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    0x36,
    2,
    ...unsigned(offset),
  ],
  store8: (address: Code, value: Code): Code => [...address, ...value, 0x3a, 0, 0],
} as const;

export const v128 = {
  const: (lanes: readonly number[]): Code => [0xfd, 12, ...lanes],
  and: vectorOperator(78),
  xor: vectorOperator(81),
  load: (address: Code, offset = 0): Code => [...address, 0xfd, 0, 4, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    0xfd,
    11,
    4,
    ...unsigned(offset),
  ],
  /** Byte i of the result is byte `lanes[i]` of the operand. */
  shuffle: (value: Code, lanes: readonly number[]): Code => [
    ...value,
    ...value,
    0xfd,
    13,
    ...lanes,
  ],
  i8x16ShrS: vectorOperator(0x6c),
  i8x16Shl: vectorOperator(0x6b),
  i64x2Shl: vectorOperator(0xcb),
  i64x2ShrU: vectorOperator(0xcd),
} as const;

/** Fills `length` bytes from `address` on with `value`. */
export function memoryFill(address: Code, value: Code, length: Code): Code {
  return [...address, ...value, ...length, 0xfc, 11, 0];
}

/** Copies `length` bytes. */
export function memoryCopy(to: Code, from: Code, length: Code): Code {
  return [...to, ...from, ...length, 0xfc, 10, 0, 0];
}

/** Runs `body` again as long as `condition`, computed at its end, is not zero. */
export function repeatWhile(condition: Code, body: Code): Code {
  return [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];
}

/** Runs `before`, then, unless `isLast` is not zero, `after` and all of it again. */
export function repeatUntil(before: Code, isLast: Code, after: Code): Code {
  return [0x02, 0x40, 0x03, 0x40, ...before, ...isLast, 0x0d, 1, ...after, 0x0c, 0, 0x0b, 0x0b];
}

/** The same word with its bytes in reverse. */
export function bigEndian(value: Code): Code {
  const outer = i32.and(i32.rotl(value, i32.const(8)), i32.const(0x00ff00ff));
  const inner = i32.and(i32.rotr(value, i32.const(8)), i32.const(0xff00ff00 | 0));
  return i32.or(outer, inner);
}
