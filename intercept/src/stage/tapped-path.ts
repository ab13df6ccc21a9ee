/** A server's address behind which all media of a call pass a wire that is listened to. */
import type { Datagram } from '../dissect/pcap.ts';
import { passUnchanged, startActiveRelay, type Rewrite } from '../operator/active-relay.ts';
import type { RelayedMessage } from '../operator/relayed-message.ts';
import { throughRelay } from './media-path.ts';
import { startUdpRelay, type BadNetwork } from './udp-relay.ts';

export interface TappedPath {
  /** In place of the server's: whoever comes by it sends their media over the wire. */
  readonly url: string;
  /** Every datagram so far, as somebody on the network sees it. */
  readonly wire: readonly Datagram[];
  /** From now on nothing passes the wire, and nothing is captured. */
  cut(): void;
  /** See `UdpRelay`. */
  impair(network: BadNetwork | undefined): void;
  close(): Promise<void>;
}

export interface TappedPathOptions {
  readonly serverUrl: string;
  /** Each message as it was sent, before the wire is put into it. */
  readonly onMessage?: (message: RelayedMessage) => void;
  /** What becomes of each message before the wire is put into it. */
  readonly change?: Rewrite;
}

/** More targets than any call of two has candidates. */
const lines = 40;

export async function openTappedPath(options: TappedPathOptions): Promise<TappedPath> {
  const wire: Datagram[] = [];
  const change = options.change ?? passUnchanged;
  const network = await startUdpRelay({ lines, onDatagram: (seen) => wire.push(seen) });
  try {
    const signaling = await startActiveRelay({
      upstreamUrl: options.serverUrl,
      rewrite: (message) => {
        options.onMessage?.(message);
        return change(message).map((changed) => throughRelay(changed, network));
      },
    });
    return {
      url: signaling.url,
      wire,
      cut: () => network.cut(),
      impair: (changed) => network.impair(changed),
      close: async () => {
        await signaling.close();
        network.close();
      },
    };
  } catch (error) {
    network.close();
    throw error;
  }
}
