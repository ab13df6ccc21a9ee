/**
 * `dtls` (RFC 5763, RFC 8122): each description carries the fingerprint of a certificate, and the DTLS
 * handshake on the media path ends only with that certificate. In a room the other end is the SFU's.
 */
import type { Topology } from '@earshot/keying/mode';
import { Knowledge } from './knowledge.ts';
import type { Power } from './power.ts';
import type { Model } from './search.ts';
import {
  agree,
  constant,
  deriveKey,
  fresh,
  hash,
  publicValue,
  record,
  sealed,
  signature,
  verificationKey,
  type Term,
} from './term.ts';

export interface DtlsScenario {
  readonly topology: Topology;
  readonly power: Power;
  /** People compare fingerprints themselves: the defence that the mode does not have. */
  readonly compareFingerprints: boolean;
}

interface End {
  readonly name: string;
  readonly role: 'client' | 'server';
  readonly peer: string;
  /** undefined: not given a description of the other yet; and so on. */
  readonly fingerprint: Term | undefined;
  readonly hello: Term | undefined;
  readonly isDone: boolean;
}

export interface DtlsState {
  readonly ends: readonly End[];
  readonly knowledge: Knowledge;
}

export interface DtlsAction {
  readonly to: string;
  readonly kind: 'description' | 'hello' | 'certificate';
  readonly content: Term;
}

const fingerprintLabel = constant('fingerprint');
const fingerprintOf = (certificate: Term): Term =>
  hash(fingerprintLabel, verificationKey(certificate));
const certificateOf = (name: string): Term => fresh(`certificate(${name})`);
const exponentOf = (name: string): Term => fresh(`x(${name})`);
const audio = (name: string): Term => fresh(`audio(${name})`);
const hello = (exponent: Term): Term => record('hello', [publicValue(exponent)]);
const relay = { exponent: exponentOf('relay'), certificate: certificateOf('relay') };

export function dtlsModel(scenario: DtlsScenario): Model<DtlsState, DtlsAction> {
  const ends = endsOf(scenario.topology);
  const isServer = scenario.power !== 'network';
  const knowledge = Knowledge.of([
    relay.exponent,
    relay.certificate,
    publicValue(relay.exponent),
    ...ends.map(({ name }) => hello(exponentOf(name))),
    ...ends.flatMap(({ name }) => (isServer ? [fingerprintOf(certificateOf(name))] : [])),
    // The SFU is the operator's.
    ...ends
      .filter(({ name }) => isServer && name.startsWith('sfu'))
      .flatMap(({ name }) => [certificateOf(name), exponentOf(name)]),
  ]);
  return {
    initial: [{ ends, knowledge }],
    *next({ ends: now, knowledge: known }) {
      for (const [index, end] of now.entries()) {
        for (const action of actionsFor(end, known, scenario)) {
          const taken = take(end, action);
          if (taken === undefined) continue;
          yield {
            action,
            state: { ends: now.with(index, taken.end), knowledge: known.with(taken.sent) },
          };
        }
      }
    },
    keyOf: ({ ends: now }) =>
      now
        .map((end) => `${end.fingerprint?.id ?? '-'}/${end.hello?.id ?? '-'}/${end.isDone}`)
        .join(),
    isViolated: (state) => audibleIn(state).length > 0,
  };
}

/** Whose audio the attacker has. */
export function audibleIn({ ends, knowledge }: DtlsState): string[] {
  return peopleOf(ends)
    .map(({ name }) => name)
    .filter((name) => knowledge.derives(audio(name)));
}

/** Both people are connected. */
export function areConnected({ ends }: DtlsState): boolean {
  return peopleOf(ends).every(({ isDone }) => isDone);
}

/** Both people are connected, and what either says is known: a call in which nobody misses anything. */
export function areHeardUnnoticed(state: DtlsState): boolean {
  return areConnected(state) && audibleIn(state).length === peopleOf(state.ends).length;
}

function peopleOf(ends: readonly End[]): readonly End[] {
  return ends.filter(({ name }) => !name.startsWith('sfu'));
}

/** Whose fingerprint, hello or certificate is delivered: `relay` or an end; undefined: nobody's. */
export function originOf({ kind, content }: DtlsAction, topology: Topology): string | undefined {
  const names = ['relay', ...endsOf(topology).map(({ name }) => name)];
  return names.find((name) => {
    switch (kind) {
      case 'description':
        return content === fingerprintOf(certificateOf(name));
      case 'hello':
        return content === hello(exponentOf(name));
      case 'certificate':
        return content.parts[0] === verificationKey(certificateOf(name));
    }
  });
}

function endsOf(topology: Topology): End[] {
  const connection = (client: string, server: string): End[] => [
    { name: client, role: 'client', peer: server, ...blank },
    { name: server, role: 'server', peer: client, ...blank },
  ];
  switch (topology) {
    case 'direct':
      return connection('alice', 'bob');
    case 'room':
      return [...connection('alice', 'sfu(alice)'), ...connection('bob', 'sfu(bob)')];
  }
}

const blank = { fingerprint: undefined, hello: undefined, isDone: false } as const;

function* actionsFor(
  end: End,
  knowledge: Knowledge,
  { power, compareFingerprints }: DtlsScenario,
): Generator<DtlsAction> {
  const to = end.name;
  const genuine = fingerprintOf(certificateOf(end.peer));
  if (end.fingerprint === undefined) {
    yield { to, kind: 'description', content: genuine };
    if (power === 'active-server' && !compareFingerprints) {
      yield { to, kind: 'description', content: fingerprintOf(relay.certificate) };
    }
    return;
  }
  if (end.hello === undefined) {
    yield { to, kind: 'hello', content: hello(exponentOf(end.peer)) };
    if (power !== 'passive-server') yield { to, kind: 'hello', content: hello(relay.exponent) };
    return;
  }
  if (end.isDone) return;
  for (const certificate of [certificateOf(end.peer), relay.certificate]) {
    const proof = proofOf(end, certificate);
    if (knowledge.derives(proof)) yield { to, kind: 'certificate', content: proof };
  }
}

/** The certificate and what its key signs: both hellos, the client's first. */
function proofOf(end: Pick<End, 'name' | 'role' | 'hello'>, certificate: Term): Term {
  return record('certificate', [
    verificationKey(certificate),
    signature(certificate, transcriptOf(end)),
  ]);
}

function transcriptOf({ name, role, hello: theirs }: Pick<End, 'name' | 'role' | 'hello'>): Term {
  const own = hello(exponentOf(name));
  const hellos = role === 'client' ? [own, theirs ?? own] : [theirs ?? own, own];
  return record('hellos', hellos);
}

function take(end: End, action: DtlsAction): { end: End; sent: readonly Term[] } | undefined {
  switch (action.kind) {
    case 'description':
      return { end: { ...end, fingerprint: action.content }, sent: [] };
    case 'hello': {
      const greeted = { ...end, hello: action.content };
      // Its own certificate and signature follow at once.
      return { end: greeted, sent: [proofOf(greeted, certificateOf(end.name))] };
    }
    case 'certificate': {
      const [certificate] = action.content.parts;
      const isExpected =
        certificate !== undefined && hash(fingerprintLabel, certificate) === end.fingerprint;
      const [value] = end.hello?.parts ?? [];
      if (!isExpected || value === undefined) return undefined;
      const shared = agree(exponentOf(end.name), value);
      const key = deriveKey(constant('EXTRACTOR-dtls_srtp'), transcriptOf(end), [shared]);
      return { end: { ...end, isDone: true }, sent: [sealed(key, audio(end.name))] };
    }
  }
}
