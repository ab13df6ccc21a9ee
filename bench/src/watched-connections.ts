/** The connections that a page makes, kept for looking at, and when each of them came up. Runs in the page. */
import type { BrowserContext, Page } from '@playwright/test';

/** In milliseconds since the epoch, on the page's clock. */
interface ConnectionTimes {
  checkingAtMs?: number;
  /** ICE found a way. */
  iceAtMs?: number;
  /** DTLS is through as well. */
  upAtMs?: number;
}

declare global {
  /** Oldest first; those that were closed included. */
  var watchedConnections: { connection: RTCPeerConnection; times: ConnectionTimes }[] | undefined;
}

/** For every page of the context, before its first script. */
export async function watchConnections(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const Native = RTCPeerConnection;
    const watched: { connection: RTCPeerConnection; times: ConnectionTimes }[] = [];
    const now = (): number => performance.timeOrigin + performance.now();
    Object.assign(globalThis, {
      watchedConnections: watched,
      RTCPeerConnection: class extends Native {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          const times: ConnectionTimes = {};
          watched.push({ connection: this, times });
          this.addEventListener('iceconnectionstatechange', () => {
            if (this.iceConnectionState === 'checking') times.checkingAtMs ??= now();
            if (this.iceConnectionState === 'connected') times.iceAtMs ??= now();
          });
          this.addEventListener('connectionstatechange', () => {
            if (this.connectionState === 'connected') times.upAtMs ??= now();
          });
        }
      },
    });
  });
}

/** Of the connection by which the page hears; undefined where a step was not seen. */
export function receivingTimes(page: Page): Promise<Readonly<ConnectionTimes>> {
  return page.evaluate(() => {
    const receiving = globalThis.watchedConnections?.find(({ connection }) =>
      connection
        .getTransceivers()
        .some(({ currentDirection }) => currentDirection?.includes('recv') === true),
    );
    return receiving?.times ?? {};
  });
}

/** What `getStats` counts, summed over all connections of a page. */
export interface AudioCounts {
  readonly packetsSent: number;
  readonly payloadBytesSent: number;
  readonly headerBytesSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** Of the decoder's output, in samples. */
  readonly samplesReceived: number;
  readonly samplesConcealed: number;
  /** Sum over emitted samples of the time in the jitter buffer, in seconds, and how many samples. */
  readonly bufferSeconds: number;
  readonly bufferSamples: number;
}

/** W3C webrtc-stats: `outbound-rtp` and `inbound-rtp`. */
export function audioCounts(page: Page): Promise<AudioCounts> {
  return page.evaluate(async () => {
    const sum = {
      packetsSent: 0,
      payloadBytesSent: 0,
      headerBytesSent: 0,
      packetsReceived: 0,
      packetsLost: 0,
      samplesReceived: 0,
      samplesConcealed: 0,
      bufferSeconds: 0,
      bufferSamples: 0,
    };
    const isSent = (stats: object): stats is RTCOutboundRtpStreamStats =>
      'type' in stats && stats.type === 'outbound-rtp';
    const isReceived = (stats: object): stats is RTCInboundRtpStreamStats =>
      'type' in stats && stats.type === 'inbound-rtp';
    for (const { connection } of globalThis.watchedConnections ?? []) {
      const reports: Iterable<object> = (await connection.getStats()).values();
      for (const stats of reports) {
        if (isSent(stats)) {
          sum.packetsSent += stats.packetsSent ?? 0;
          sum.payloadBytesSent += stats.bytesSent ?? 0;
          sum.headerBytesSent += stats.headerBytesSent ?? 0;
        } else if (isReceived(stats)) {
          sum.packetsReceived += stats.packetsReceived ?? 0;
          sum.packetsLost += stats.packetsLost ?? 0;
          sum.samplesReceived += stats.totalSamplesReceived ?? 0;
          sum.samplesConcealed += stats.concealedSamples ?? 0;
          sum.bufferSeconds += stats.jitterBufferDelay ?? 0;
          sum.bufferSamples += stats.jitterBufferEmittedCount ?? 0;
        }
      }
    }
    return sum;
  });
}

/** What came between two looks. */
export function countedBetween(before: AudioCounts, after: AudioCounts): AudioCounts {
  return {
    packetsSent: after.packetsSent - before.packetsSent,
    payloadBytesSent: after.payloadBytesSent - before.payloadBytesSent,
    headerBytesSent: after.headerBytesSent - before.headerBytesSent,
    packetsReceived: after.packetsReceived - before.packetsReceived,
    packetsLost: after.packetsLost - before.packetsLost,
    samplesReceived: after.samplesReceived - before.samplesReceived,
    samplesConcealed: after.samplesConcealed - before.samplesConcealed,
    bufferSeconds: after.bufferSeconds - before.bufferSeconds,
    bufferSamples: after.bufferSamples - before.bufferSamples,
  };
}

/** Of all samples that came out of the jitter buffer; 0 where none did. */
export function meanBufferMs({
  bufferSeconds,
  bufferSamples,
}: Pick<AudioCounts, 'bufferSeconds' | 'bufferSamples'>): number {
  return bufferSamples === 0 ? 0 : (1000 * bufferSeconds) / bufferSamples;
}
