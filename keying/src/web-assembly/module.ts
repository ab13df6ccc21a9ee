/** The binary format of a WebAssembly module: WebAssembly Core Specification 2.0, section 5.5. */
import {
  joined,
  unsigned,
  valueTypeCodes,
  Variable,
  type Code,
  type ValueType,
} from './instructions.ts';

/** One function under construction. Takes i32 parameters and returns nothing. */
export class FunctionBuilder {
  readonly name: string;
  readonly parameters: readonly Variable[];
  readonly #locals: ValueType[] = [];
  #body: Code = [];

  constructor(name: string, parameterCount: number) {
    this.name = name;
    this.parameters = Array.from({ length: parameterCount }, (_, index) => new Variable(index));
  }

  local(type: ValueType): Variable {
    this.#locals.push(type);
    return new Variable(this.parameters.length + this.#locals.length - 1);
  }

  locals(type: ValueType, count: number): Variable[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** Statements, in their order. */
  setBody(...statements: readonly Code[]): this {
    this.#body = joined(...statements);
    return this;
  }

  /** Section 5.5.13. */
  get code(): Code {
    const locals = this.#locals.flatMap((type) => [1, valueTypeCodes[type]]);
    return sized([...unsigned(this.#locals.length), ...locals, ...this.#body, 0x0b]);
  }

  /** Section 5.3.6. */
  get type(): Code {
    const parameters = this.parameters.map(() => valueTypeCodes.i32);
    return [0x60, ...unsigned(parameters.length), ...parameters, 0];
  }
}

const magicAndVersion: Code = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A module that exports `memory`, one page of 64 KiB at first, and all functions by name. */
export function encodeModule(functions: readonly FunctionBuilder[]): Uint8Array {
  const indices = functions.map((_, index) => unsigned(index));
  return Uint8Array.from([
    ...magicAndVersion,
    ...section(
      1,
      functions.map(({ type }) => type),
    ),
    ...section(3, indices),
    ...section(5, [[0, 1]]),
    ...section(7, [
      [...nameOf('memory'), 2, 0],
      ...functions.map(({ name }, index) => [...nameOf(name), 0, ...unsigned(index)]),
    ]),
    ...section(
      10,
      functions.map(({ code }) => code),
    ),
  ]);
}

/** Calls a function of the same module by its place in the list. */
export function call(index: number, ...operands: readonly Code[]): Code {
  return joined(...operands, [0x10], unsigned(index));
}

function section(id: number, entries: readonly Code[]): Code {
  return [id, ...sized(joined(unsigned(entries.length), ...entries))];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function nameOf(name: string): Code {
  return sized(Array.from(name, (letter) => letter.charCodeAt(0)));
}
