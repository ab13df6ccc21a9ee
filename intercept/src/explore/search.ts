/** Breadth first through everything that can happen, so that the first trace found is a shortest one. */

export interface Step<State, Action> {
  readonly action: Action;
  readonly state: State;
}

export interface Model<State, Action> {
  /** Where it can begin. */
  readonly initial: readonly State[];
  readonly next: (state: State) => Iterable<Step<State, Action>>;
  /** Equal for states from which the same follows. */
  readonly keyOf: (state: State) => string;
  readonly isViolated: (state: State) => boolean;
}

export interface Bounds {
  /** Messages delivered to honest people, at most. */
  readonly maxDepth: number;
  readonly maxStates: number;
}

export interface SearchResult<State, Action> {
  /** What leads to the violation; undefined: none within the bounds. */
  readonly trace: Trace<State, Action> | undefined;
  readonly states: number;
  readonly transitions: number;
  /** Deepest state that was looked at. */
  readonly depth: number;
  /** Nothing was left out within `maxDepth`. Always false where a trace ended the search. */
  readonly isExhaustive: boolean;
  readonly elapsedMs: number;
}

export interface Trace<State, Action> {
  readonly initial: State;
  readonly steps: readonly Step<State, Action>[];
  readonly final: State;
}

interface Visited<State, Action> {
  readonly state: State;
  readonly depth: number;
  readonly from: Visited<State, Action> | undefined;
  readonly action: Action | undefined;
}

/** Visits every state within the bounds, or ends at the first that violates the goal. */
export function search<State, Action>(
  model: Model<State, Action>,
  bounds: Bounds,
): SearchResult<State, Action> {
  const startedAtMs = performance.now();
  const seen = new Set<string>();
  const queue: Visited<State, Action>[] = [];
  let transitions = 0;
  let depth = 0;
  let isCut = false;
  const result = (end: Visited<State, Action> | undefined): SearchResult<State, Action> => ({
    trace: end === undefined ? undefined : traceTo(end),
    states: seen.size,
    transitions,
    depth,
    isExhaustive: end === undefined && !isCut,
    elapsedMs: performance.now() - startedAtMs,
  });
  const visit = (visited: Visited<State, Action>): boolean => {
    const key = model.keyOf(visited.state);
    if (seen.has(key)) return false;
    seen.add(key);
    queue.push(visited);
    depth = Math.max(depth, visited.depth);
    return model.isViolated(visited.state);
  };
  for (const state of model.initial) {
    const visited = { state, depth: 0, from: undefined, action: undefined };
    if (visit(visited)) return result(visited);
  }
  // Grows while it is walked.
  for (const from of queue) {
    if (from.depth === bounds.maxDepth) {
      if (hasNext(model, from.state)) isCut = true;
      continue;
    }
    for (const { action, state } of model.next(from.state)) {
      transitions++;
      if (seen.size >= bounds.maxStates) {
        isCut = true;
        return result(undefined);
      }
      const visited = { state, depth: from.depth + 1, from, action };
      if (visit(visited)) return result(visited);
    }
  }
  return result(undefined);
}

function hasNext<State, Action>(model: Model<State, Action>, state: State): boolean {
  for (const _step of model.next(state)) return true;
  return false;
}

function traceTo<State, Action>(end: Visited<State, Action>): Trace<State, Action> {
  const steps: Step<State, Action>[] = [];
  let at = end;
  while (at.from !== undefined) {
    if (at.action !== undefined) steps.unshift({ action: at.action, state: at.state });
    at = at.from;
  }
  return { initial: at.state, steps, final: end.state };
}
