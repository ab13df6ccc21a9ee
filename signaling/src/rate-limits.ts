/** How much one address, one session and one verb may ask. In memory: limits are per process. */
import { isIPv6 } from 'node:net';
import { ProtocolError, type Verb } from '@earshot/protocol';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Session } from './session.ts';

/** Requests per minute. A household or office behind one address holds many people. */
const perMinute = {
  connectionsPerAddress: 300,
  requestsPerAddress: 12_000,
  resumesPerAddress: 300,
  createdCallsPerAddress: 120,
  requestsPerSession: 3_000,
} as const;

/** Requests of one verb per session and minute. A room of 25 is the measure for `envelope` and `consume`. */
const perVerb: Readonly<Record<Verb, number>> = {
  hello: 30,
  bye: 30,
  createCall: 30,
  enterLobby: 30,
  join: 30,
  leave: 30,
  setMuted: 240,
  offer: 120,
  answer: 120,
  candidate: 1_200,
  envelope: 1_500,
  createTransport: 120,
  connectTransport: 120,
  restartIce: 120,
  produce: 60,
  consume: 600,
  resumeConsumer: 600,
};

interface Source {
  readonly address: string;
  readonly session: Session | undefined;
}

export class RateLimits {
  readonly #scale: number;
  readonly #onLimited: (scope: 'address' | 'session' | 'verb') => void;
  readonly #connections: RateLimiterMemory;
  readonly #addresses: RateLimiterMemory;
  readonly #resumes: RateLimiterMemory;
  readonly #createdCalls: RateLimiterMemory;
  readonly #sessions: RateLimiterMemory;
  readonly #verbs = new Map<Verb, RateLimiterMemory>();

  /** `scale` multiplies every limit. */
  constructor(options: {
    readonly scale: number;
    readonly onLimited: (scope: 'address' | 'session' | 'verb') => void;
  }) {
    this.#scale = options.scale;
    this.#onLimited = options.onLimited;
    this.#connections = this.#limiter('connection', perMinute.connectionsPerAddress);
    this.#addresses = this.#limiter('address', perMinute.requestsPerAddress);
    this.#resumes = this.#limiter('resume', perMinute.resumesPerAddress);
    this.#createdCalls = this.#limiter('call', perMinute.createdCallsPerAddress);
    this.#sessions = this.#limiter('session', perMinute.requestsPerSession);
  }

  /** @throws ProtocolError `rate-limited` */
  async takeConnection(address: string): Promise<void> {
    await this.#take(this.#connections, network(address), 'address');
  }

  /** @throws ProtocolError `rate-limited` */
  async takeRequest({ address, session }: Source, verb: Verb): Promise<void> {
    await this.#take(this.#addresses, network(address), 'address');
    // Until `hello` there is no session: the address stands for it.
    const who = session?.id ?? network(address);
    if (session !== undefined) await this.#take(this.#sessions, who, 'session');
    if (session !== undefined) await this.#take(this.#limiterOf(verb), who, 'verb');
  }

  /** Guessing resume tokens is hopeless; trying is limited all the same. @throws ProtocolError `rate-limited` */
  async takeResume(address: string): Promise<void> {
    await this.#take(this.#resumes, network(address), 'address');
  }

  /** @throws ProtocolError `rate-limited` */
  async takeCreatedCall(address: string): Promise<void> {
    await this.#take(this.#createdCalls, network(address), 'address');
  }

  async #take(
    limiter: RateLimiterMemory,
    key: string,
    scope: 'address' | 'session' | 'verb',
  ): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (cause) {
      if (!(cause instanceof RateLimiterRes)) throw cause;
      this.#onLimited(scope);
      throw new ProtocolError('rate-limited', `try again in ${cause.msBeforeNext} ms`);
    }
  }

  #limiterOf(verb: Verb): RateLimiterMemory {
    const known = this.#verbs.get(verb);
    if (known !== undefined) return known;
    const limiter = this.#limiter(`verb-${verb}`, perVerb[verb]);
    this.#verbs.set(verb, limiter);
    return limiter;
  }

  #limiter(keyPrefix: string, points: number): RateLimiterMemory {
    return new RateLimiterMemory({
      keyPrefix,
      points: Math.ceil(points * this.#scale),
      duration: 60,
    });
  }
}

/** One subscriber holds at least a /64 of IPv6 (RFC 6177): the limit is on that. */
export function network(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
