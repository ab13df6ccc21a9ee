/** Figures of calls: what is measured once per call, kind of call and run, and what is missing. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';

export interface CallKind {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

export const figureGroups = ['join', 'delay', 'quality', 'wire', 'cost', 'ciphers'] as const;
export type FigureGroup = (typeof figureGroups)[number];

export interface Figure {
  readonly id: string;
  readonly group: FigureGroup;
  readonly title: string;
  readonly unit: string;
  /** Decimals worth showing. */
  readonly digits: number;
  /** How a mode is compared with `dtls` of the same run. */
  readonly versus: 'ratio' | 'difference';
}

/** Of one call. A figure that does not exist in it is left out. */
export type Readings = ReadonlyMap<Figure, number>;

export interface Missing {
  readonly part: string;
  /** Undefined where the whole part is missing. */
  readonly call?: CallKind & { readonly run: number };
  readonly reason: string;
}

/** `room e2ee, delay, run 2: only 1 chirps were heard` */
export function missingText({ part, call, reason }: Missing): string {
  return call === undefined
    ? `${part}: ${reason}`
    : `${call.topology} ${call.mode}, ${part}, run ${call.run + 1}: ${reason}`;
}

/** Every value, run by run, in the order in which figures were first declared. */
export class FigureBook {
  readonly #figures = new Map<string, Figure>();
  readonly #values = new Map<string, (number | undefined)[]>();
  readonly #missing: Missing[] = [];
  #runs = 0;

  /** Figures are shown in this order, also where nothing was measured. */
  declare(figures: readonly Figure[]): void {
    for (const figure of figures) this.#figures.set(figure.id, figure);
  }

  add(kind: CallKind, run: number, readings: Readings): void {
    this.#runs = Math.max(this.#runs, run + 1);
    for (const [figure, value] of readings) {
      this.declare([figure]);
      const key = keyOf(figure, kind);
      const values = this.#values.get(key) ?? [];
      values[run] = value;
      this.#values.set(key, values);
    }
  }

  miss(missing: Missing): void {
    this.#runs = Math.max(this.#runs, (missing.call?.run ?? 0) + 1);
    this.#missing.push(missing);
  }

  get figures(): readonly Figure[] {
    return [...this.#figures.values()];
  }

  get missing(): readonly Missing[] {
    return this.#missing;
  }

  /** By run; undefined where it was not measured. */
  values(figure: Figure, kind: CallKind): readonly (number | undefined)[] {
    const known = this.#values.get(keyOf(figure, kind));
    if (known === undefined) return [];
    return Array.from({ length: this.#runs }, (_, run) => known[run]);
  }
}

function keyOf({ id }: Figure, { mode, topology }: CallKind): string {
  return `${id} ${mode} ${topology}`;
}
