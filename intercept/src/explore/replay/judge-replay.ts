/**
 * Whether the real handshake did what the model said: without the defence, the same people end secure,
 * with the same keys known to the attacker and the same codes equal; with it, somebody refuses.
 */
import { goalRows } from '../e2ee-goals.ts';
import { drawn } from '../e2ee-role.ts';
import { replayE2ee, type ReplayedSide, type ReplayOptions } from './e2ee-replay.ts';

export interface Judgement {
  readonly isAsModelled: boolean;
  readonly summary: string;
}

export async function judgeReplay(options: ReplayOptions): Promise<Judgement> {
  if (options.trace.steps.length === 0) {
    return { isAsModelled: true, summary: 'not replayed: no handshake is run' };
  }
  const without = await replayE2ee(options);
  const full = await replayE2ee({ ...options, off: new Set() });
  const isStopped = full.some(({ ending }) => ending !== 'agreed' && ending !== 'waiting');
  // A pinned key is compared by whoever called the handshake, with what the handshake says.
  const isShown = goalRows[options.goal].havePinned && full.some(isStranger);
  const stop = isStopped ? endingsOf(full) : isShown ? 'another identity is shown' : 'not stopped';
  return {
    isAsModelled: matches(options, without) && (isStopped || isShown),
    summary: `${without.map(inWords).join('; ')}. With every defence: ${stop}`,
  };
}

const isStranger = ({ ending, isPeerGenuine }: ReplayedSide): boolean =>
  ending === 'agreed' && !isPeerGenuine;

function matches({ trace }: ReplayOptions, replayed: readonly ReplayedSide[]): boolean {
  const { sides, knowledge } = trace.final;
  const areSides = sides.every(({ side, state }, i) => {
    const real = replayed[i];
    const isDone = state.kind === 'done';
    return (
      real !== undefined &&
      (real.ending === 'agreed') === isDone &&
      real.isKeyKnown === (isDone && knowledge.derives(drawn(side).baseKey))
    );
  });
  const [one, other] = sides.map(({ state }) => (state.kind === 'done' ? state.code : undefined));
  if (one === undefined || other === undefined) return areSides;
  return areSides && (one === other) === (replayed[0]?.words === replayed[1]?.words);
}

function inWords({ name, ending, isKeyKnown, words }: ReplayedSide): string {
  const [who = name] = name.split('-');
  if (ending !== 'agreed') return `${who} ${ending}`;
  return `${who} secure, code "${words ?? ''}", key ${isKeyKnown ? 'known' : 'not known'}`;
}

const endingsOf = (sides: readonly ReplayedSide[]): string =>
  sides.map(({ name, ending }) => `${name.split('-')[0] ?? name} ${ending}`).join(', ');
