/** `sdes` (RFC 4568): each side's master key travels in its `a=crypto` line. Direct and room alike. */
import { Knowledge } from './knowledge.ts';
import type { Power } from './power.ts';
import type { Model } from './search.ts';
import { fresh, record, sealed, type Term } from './term.ts';

export interface SdesState {
  /** The line that each has been given as the other's; undefined: none yet. */
  readonly given: readonly [Term | undefined, Term | undefined];
  readonly knowledge: Knowledge;
}

export interface SdesAction {
  readonly to: 'alice' | 'bob';
  readonly line: Term;
}

const people = ['alice', 'bob'] as const;
const masterKey = (name: string): Term => fresh(`master key(${name})`);
const own = masterKey('relay');
const audio = (name: string): Term => fresh(`audio(${name})`);
const lineOf = (key: Term): Term => record('a=crypto', [key]);

export function sdesModel(power: Power): Model<SdesState, SdesAction> {
  // To the server by TLS, so that only the server and the other person see it.
  const lines = people.map((name) => lineOf(masterKey(name)));
  const seen = power === 'network' ? [] : lines;
  return {
    initial: [{ given: [undefined, undefined], knowledge: Knowledge.of([own, ...seen]) }],
    *next({ given, knowledge }) {
      for (const [index, to] of people.entries()) {
        if (given[index] !== undefined) continue;
        const genuine = lines[1 - index];
        if (genuine === undefined) continue;
        for (const line of power === 'active-server' ? [genuine, lineOf(own)] : [genuine]) {
          const next: SdesState['given'] = index === 0 ? [line, given[1]] : [given[0], line];
          // Who has the other's line begins to speak, under the own key.
          const frame = sealed(masterKey(to), audio(to));
          yield {
            action: { to, line },
            state: { given: next, knowledge: knowledge.with([frame]) },
          };
        }
      }
    },
    keyOf: ({ given }) => given.map((line) => line?.id ?? '-').join(),
    isViolated: (state) => audibleIn(state).length > 0,
  };
}

/** Whose audio the attacker has. */
export function audibleIn({ knowledge }: SdesState): SdesAction['to'][] {
  return people.filter((name) => knowledge.derives(audio(name)));
}

/** Both speak, and what either says is known. */
export function areBothHeard(state: SdesState): boolean {
  return audibleIn(state).length === people.length;
}

/** Whose line is delivered: `relay`, or one of the two; undefined: nobody's. */
export function originOf({ line }: SdesAction): string | undefined {
  return ['relay', ...people].find((name) => line === lineOf(masterKey(name)));
}
