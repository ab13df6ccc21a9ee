/** What a run brings back. Measurements are made from it; nothing in it is a verdict. */
import type { Pcm } from '../measure/pcm.ts';
import type { Speaker } from '../stage/speech.ts';

/** What somebody who was not meant to hear it could hear. */
export interface AudioProof {
  readonly kind: 'audio';
  /** What the recording is: `what the operator recovered of alice`. */
  readonly what: string;
  /** Whose speech is looked for in it. */
  readonly speaker: Speaker;
  /** Whose speech is not in it: the measure's own control. */
  readonly notSpeaker: Speaker;
  /** Empty samples: nothing at all was recovered. */
  readonly heard: Pcm;
}

/** Of things tried one by one, how many succeeded: packets authentic, keys equal, copies found. */
export interface CountProof {
  readonly kind: 'count';
  /** `packets that are authentic under a key from the log` */
  readonly what: string;
  readonly found: number;
  /** How many were tried; 0 proves nothing. */
  readonly of: number;
}

/** Guesses at something with several answers, against chance. */
export interface GuessProof {
  readonly kind: 'guess';
  readonly what: string;
  readonly right: number;
  readonly of: number;
  /** Of one guess, 0 to 1, by chance. */
  readonly chance: number;
}

export type Proof = AudioProof | CountProof | GuessProof;

/** Something that people are shown, by which they could notice the attack. */
export interface Notice {
  /** `safety codes`, `the call ended with handshake-failed` */
  readonly what: string;
  readonly noticed: boolean;
}

/** A file that other people's tools can open. */
export interface Artefact {
  /** `capture.pcap`; letters, digits, dots and hyphens. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly style: 'bars' | 'line' | 'dots';
  readonly xAxis: string;
  readonly yAxis: string;
  readonly series: readonly Series[];
}

/** A message before and after somebody changed it. */
export interface TamperDiff {
  readonly title: string;
  readonly before: string;
  readonly after: string;
}

export interface Evidence {
  /** One sentence, in the past tense, without the outcome: what the attacker did. */
  readonly tried: string;
  /** The run falls if one of them does; none at all is unclear. */
  readonly proofs: readonly Proof[];
  readonly notices?: readonly Notice[];
  /** What the attacker had and obtained, in numbers and words. Never a key that is in use anywhere else. */
  readonly obtained?: Readonly<Record<string, string | number>>;
  readonly artefacts?: readonly Artefact[];
  readonly plots?: readonly Plot[];
  readonly diffs?: readonly TamperDiff[];
}
