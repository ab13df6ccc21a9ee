/**
 * The keying modes, one row each. Badges, documentation, the lab's expectations and the end-to-end
 * matrix derive from this table; nothing else states who can hear a call.
 */

export const keyingModes = ['sdes', 'dtls', 'e2ee'] as const;
export type KeyingMode = (typeof keyingModes)[number];

export const topologies = ['direct', 'room'] as const;
export type Topology = (typeof topologies)[number];

/**
 * What the operator of the server can hear.
 * - `always`: from what it relays and stores, without changing anything.
 * - `active`: only by changing what it relays (and so, in principle, detectably).
 * - `never`: neither by reading nor by changing what it relays.
 */
export type ServerHears = 'always' | 'active' | 'never';

export interface ModeRow {
  readonly mode: KeyingMode;
  /** Name shown to people. */
  readonly title: string;
  /** Who holds the keys that open the media. */
  readonly keysHeldBy: 'signaling' | 'hop' | 'endpoints';
  /** What the signaling server relays for this mode. */
  readonly inSignaling: string;
  /** What each encoded frame travels as, inside the browser's own hop encryption. */
  readonly frameFormat: 'opus' | 'srtp' | 'sframe';
  /** What the operator can hear, by topology. */
  readonly serverHears: Readonly<Record<Topology, ServerHears>>;
  /** One sentence for people: who can hear the call, by topology. */
  readonly whoCanHear: Readonly<Record<Topology, string>>;
  /**
   * The same where the invite link came without its secret and not everyone is verified: the server
   * hears it then if it changes what it relays. Undefined where links hold no secret.
   */
  readonly whoCanHearUnproven: string | undefined;
  /** Whether the two ends check that they hold the same keys with the right person. */
  readonly peersAuthenticated: boolean;
  /** Whether a key taken after the call opens a capture made during it. */
  readonly forwardSecrecy: Readonly<Record<Topology, boolean>>;
  /** Whether clients send audio levels (RFC 6464) and variable-size frames, which show when and what is said. */
  readonly exposesSpeechPattern: boolean;
}

export const modes: Readonly<Record<KeyingMode, ModeRow>> = {
  sdes: {
    mode: 'sdes',
    title: 'Keys in signaling',
    keysHeldBy: 'signaling',
    inSignaling: 'a=crypto lines (RFC 4568) with the master keys, in clear',
    frameFormat: 'srtp',
    serverHears: { direct: 'always', room: 'always' },
    whoCanHear: {
      direct:
        'The people in the call, and the server: it relays the keys, so anyone who captured the call can have it opened.',
      room: 'The people in the call, and the server: it relays both the keys and the audio.',
    },
    whoCanHearUnproven: undefined,
    peersAuthenticated: false,
    forwardSecrecy: { direct: false, room: false },
    exposesSpeechPattern: true,
  },
  dtls: {
    mode: 'dtls',
    title: 'Encrypted to the server',
    keysHeldBy: 'hop',
    inSignaling: 'DTLS certificate fingerprints',
    frameFormat: 'opus',
    serverHears: { direct: 'active', room: 'always' },
    whoCanHear: {
      direct:
        'The people in the call. The server could listen only by swapping fingerprints, which nobody would be shown.',
      room: 'The people in the call, and the server: encryption ends there.',
    },
    whoCanHearUnproven: undefined,
    peersAuthenticated: false,
    forwardSecrecy: { direct: true, room: true },
    exposesSpeechPattern: true,
  },
  e2ee: {
    mode: 'e2ee',
    title: 'End-to-end encrypted',
    keysHeldBy: 'endpoints',
    inSignaling: 'public X25519 and ML-KEM-768 values, and sealed envelopes',
    frameFormat: 'sframe',
    serverHears: { direct: 'never', room: 'never' },
    whoCanHear: {
      direct: 'Only the people in the call.',
      room: 'Only the people in the call. The server relays sealed audio that it cannot open.',
    },
    whoCanHearUnproven:
      'The people in the call, and the server if it sits in between: the link came without its secret, so nothing rules that out until you compare safety codes.',
    peersAuthenticated: true,
    forwardSecrecy: { direct: true, room: true },
    exposesSpeechPattern: false,
  },
};

/** For switches over a closed union: the compiler proves that this is unreachable. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${String(value)}`);
}
