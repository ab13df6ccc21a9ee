/**
 * A server's address behind which nothing of a handshake reaches a person before a trace delivers it. The server itself
 * gets everything at once: it is the attacker's.
 */
import type { Datagram, Endpoint } from '../../dissect/pcap.ts';
import { startActiveRelay, type ActiveRelay, type Rewrite } from '../../operator/active-relay.ts';
import type { RelayedMessage } from '../../operator/relayed-message.ts';
import { candidateThroughRelay, throughRelay } from '../../stage/media-path.ts';
import { startUdpRelay, type Passing, type UdpRelay } from '../../stage/udp-relay.ts';
import { StepGate } from './step-gate.ts';

export interface SteppedPathOptions {
  readonly serverUrl: string;
  /** Who comes by this address. In a room one, as the media server tells nobody which of its ports is for whom. */
  readonly people: readonly string[];
}

const fingerprintLine = /^a=fingerprint:.*$/m;
/** More targets than two people and two who stand between them have candidates. */
const lines = 40;

const addressOf = ({ address, port }: Endpoint): string => `${address}:${String(port)}`;

export class SteppedPath implements Pick<ActiveRelay, 'inject' | 'setRewrite'> {
  /** Every datagram that was sent so far, held back or not. */
  readonly wire: Datagram[] = [];
  readonly #gates: ReadonlyMap<string, StepGate>;
  /** By the relay's number for them. */
  readonly #clients = new Map<number, string>();
  /** Who receives there, as far as signaling says so; undefined: the server. */
  readonly #addresses = new Map<string, string | undefined>();
  /** Of everybody's own certificate. */
  readonly #fingerprints = new Map<string, string>();
  /** To be put in the place of what a description for that person says. */
  readonly #claimed = new Map<string, string>();
  #relay: ActiveRelay | undefined;
  #network: UdpRelay | undefined;
  #rewrite: Rewrite = (message) => [message];

  private constructor({ people }: SteppedPathOptions) {
    this.#gates = new Map(people.map((name) => [name, new StepGate()]));
  }

  static async open(options: SteppedPathOptions): Promise<SteppedPath> {
    const path = new SteppedPath(options);
    path.#network = await startUdpRelay({
      lines,
      onDatagram: (datagram) => path.wire.push(datagram),
      pass: (datagram, deliver) => {
        path.#pass(datagram, deliver);
      },
    });
    try {
      path.#relay = await startActiveRelay({
        upstreamUrl: options.serverUrl,
        rewrite: (message) => {
          for (const passed of path.#rewrite(path.#routed(message))) path.#deliver(passed);
          return [];
        },
      });
      return path;
    } catch (error) {
      await path.close();
      throw error;
    }
  }

  get url(): string {
    return this.#opened.relay.url;
  }

  /** @throws RangeError for somebody who does not come by this address */
  gateOf(name: string): StepGate {
    const gate = this.#gates.get(name);
    if (gate === undefined) throw new RangeError(`${name} is not on this path`);
    return gate;
  }

  /** Descriptions for `to` name the own certificate of `of`, whoever described it. */
  claimFingerprint(to: string, of: string): void {
    const line = this.#fingerprints.get(of);
    if (line === undefined) throw new RangeError(`${of} has described nothing yet`);
    this.#claimed.set(to, line);
  }

  setRewrite(rewrite: Rewrite): void {
    this.#rewrite = rewrite;
  }

  /** What somebody in between sends: held like everything else, and its media too. */
  inject(message: RelayedMessage): void {
    const { network } = this.#opened;
    if (message.kind !== 'event' || message.name !== 'candidate') {
      this.#deliver(message);
      return;
    }
    const { candidate } = message.payload;
    if (candidate === null) return;
    const changed = candidateThroughRelay(candidate.candidate, network);
    const payload = { ...message.payload, candidate: { ...candidate, candidate: changed } };
    this.#deliver({ ...message, payload });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#relay?.close();
    this.#network?.close();
    this.#network = undefined;
  }

  get #opened(): { readonly relay: ActiveRelay; readonly network: UdpRelay } {
    if (this.#relay === undefined || this.#network === undefined) throw new TypeError('not open');
    return { relay: this.#relay, network: this.#network };
  }

  #pass({ to, payload }: Passing, deliver: (payload: Uint8Array) => void): void {
    const address = addressOf(to);
    // In a room people's own addresses are told to nobody: what is not for the server is for the one person.
    const only = this.#gates.size === 1 ? [...this.#gates.keys()][0] : undefined;
    const name = this.#addresses.has(address) ? this.#addresses.get(address) : only;
    const gate = name === undefined ? undefined : this.#gates.get(name);
    if (gate === undefined) deliver(payload);
    else gate.holdDatagram(payload, deliver);
  }

  /** Learns from the message who is who and where; what it names is reached over the wire only. */
  #routed(message: RelayedMessage): RelayedMessage {
    if (message.kind === 'request' && message.verb === 'join') {
      this.#clients.set(message.client, message.input.name);
    }
    const name = this.#clients.get(message.client);
    if (message.kind === 'request' && (message.verb === 'offer' || message.verb === 'answer')) {
      const own = fingerprintLine.exec(message.input.sdp)?.[0];
      if (name !== undefined && own !== undefined) this.#fingerprints.set(name, own);
    }
    const { network } = this.#opened;
    return throughRelay(message, {
      lineTo: (target) => {
        this.#addresses.set(addressOf(target), message.kind === 'request' ? name : undefined);
        return network.lineTo(target);
      },
    });
  }

  #deliver(message: RelayedMessage): void {
    const { relay } = this.#opened;
    const to = this.#clients.get(message.client);
    if (to === undefined || !isDescription(message)) {
      relay.inject(message);
      return;
    }
    this.gateOf(to).hold('description', () => {
      relay.inject(withFingerprint(message, this.#claimed.get(to)));
    });
  }
}

/** Tells its receiver of another's certificate. The media server's come with its transports. */
function isDescription(message: RelayedMessage): boolean {
  if (message.kind === 'answer') return message.verb === 'createTransport';
  return message.kind === 'event' && (message.name === 'offer' || message.name === 'answer');
}

function withFingerprint(message: RelayedMessage, line: string | undefined): RelayedMessage {
  if (line === undefined || message.kind !== 'event') return message;
  if (message.name !== 'offer' && message.name !== 'answer') return message;
  const sdp = message.payload.sdp.replace(new RegExp(fingerprintLine, 'gm'), line);
  return { ...message, payload: { ...message.payload, sdp } };
}
