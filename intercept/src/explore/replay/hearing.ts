/** What an attacker can hear of a call that was played to the real stack, with what the model gives its power. */
import { correlate } from '../../measure/correlation.ts';
import type { Pcm } from '../../measure/pcm.ts';
import { recoverAsOpus } from '../../recover/audio.ts';
import { recoverFromWire } from '../../recover/from-wire.ts';
import { speechOf } from '../../stage/speech.ts';
import { SignalingRecord } from '../../tap/signaling-record.ts';
import type { Power } from '../power.ts';
import type { PersonName, ReplayedCall } from './replayed-call.ts';

/** 0 to 1, the best of everything that was recovered; 0 where there was nothing to listen to. */
export type Heard = Readonly<Record<PersonName, number>>;

/**
 * `network`: the wire. A server also: what it relayed, whose every value of a key's size is tried, and what came out at
 * its own ends of DTLS connections.
 */
export async function heardByAttacker(call: ReplayedCall, power: Power): Promise<Heard> {
  const isServer = power !== 'network';
  const record = isServer ? call.record : new SignalingRecord('');
  const { streams } = await recoverFromWire(call.wire, record);
  const recovered = streams.map(({ pcm }) => pcm);
  for (const packets of isServer ? call.media : []) {
    recovered.push((await recoverAsOpus(packets)).pcm);
  }
  const best = (speaker: PersonName): number =>
    Math.max(0, ...recovered.map((heard) => scoreOf(speaker, heard)));
  return { alice: best('alice'), bob: best('bob') };
}

/** Whether each of the two heard the other. */
export function heardByPeople({ people }: ReplayedCall): Heard {
  const heardOf = (speaker: PersonName): number => {
    const listener = people.find((person) => person.speaker !== speaker);
    return listener === undefined ? 0 : scoreOf(speaker, listener.heard);
  };
  return { alice: heardOf('alice'), bob: heardOf('bob') };
}

function scoreOf(speaker: PersonName, heard: Pcm): number {
  return correlate({ said: speechOf(speaker), heard }).score;
}
