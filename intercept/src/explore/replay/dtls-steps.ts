/** A trace of the `dtls` model as what an attacker does to real people. What it would have to do otherwise is an error. */
import type { Topology } from '@earshot/keying/mode';
import { originOf, type DtlsAction } from '../dtls-model.ts';
import type { PersonName } from './replayed-call.ts';
import type { Delivered } from './step-gate.ts';

export interface DtlsStep {
  readonly to: PersonName;
  readonly kind: Delivered;
  /** Whose fingerprint, hello or certificate is delivered: `relay`, the other person, or the person's end at the SFU. */
  readonly origin: string;
}

/**
 * Direct calls: DTLS either between the two, or with the relay towards each, whose descriptions can still name the
 * other's certificate. Rooms: with the media server, which is the operator's: what goes to its ends is no step.
 * @throws RangeError for a step that nobody knows how to play
 */
export function readSteps(actions: readonly DtlsAction[], topology: Topology): DtlsStep[] {
  const steps = actions.map((action) => readStep(action, topology));
  const ends = new Set(
    steps
      .filter(({ kind, origin }) => origin === 'relay' || kind !== 'description')
      .map(({ origin }) => (origin === 'relay' ? 'relay' : 'own')),
  );
  if (ends.size > 1) throw new RangeError('DTLS with the relay and with each other in one call');
  return steps;
}

function readStep(action: DtlsAction, topology: Topology): DtlsStep {
  const { to, kind } = action;
  const origin = originOf(action, topology);
  if ((to !== 'alice' && to !== 'bob') || origin === undefined) {
    throw new RangeError(`no known step: ${kind} of ${origin ?? 'nobody'} to ${to}`);
  }
  const other = to === 'alice' ? 'bob' : 'alice';
  const playable = topology === 'room' ? [`sfu(${to})`] : ['relay', other];
  if (!playable.includes(origin)) {
    throw new RangeError(`a step that cannot be played: ${kind} of ${origin} to ${to}`);
  }
  return { to, kind, origin };
}
