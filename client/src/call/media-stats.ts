/** Reads WebRTC statistics (W3C webrtc-stats) into what the call shows and checks. */
import type { ParticipantId } from '@earshot/protocol';
import type { MediaReport } from './media-port.ts';

export interface SentAudio {
  /** RTP packets, retransmissions not counted. */
  readonly packets: number;
  /** Without headers, padding and retransmissions. */
  readonly payloadBytes: number;
  /** For example `opus/48000/2`. */
  readonly codec: string | undefined;
  readonly roundTripMs: number | undefined;
}

export interface ReceivedAudio {
  /** Sum of squared samples times duration, of what is played: its growth gives the RMS. */
  readonly totalEnergy: number;
  readonly totalSeconds: number;
  readonly jitterMs: number | undefined;
  readonly packetsLost: number;
}

export interface MediaStats {
  readonly sent: SentAudio | undefined;
  readonly received: ReadonlyMap<ParticipantId, ReceivedAudio>;
}

type Stat = Readonly<Record<string, unknown>>;

export function readStats({ reports, personByTrackId }: MediaReport): MediaStats {
  const stats = new Map<string, Stat>();
  for (const report of reports) {
    report.forEach((stat: Stat, id) => {
      stats.set(id, stat);
    });
  }
  let sent: SentAudio | undefined;
  const received = new Map<ParticipantId, ReceivedAudio>();
  for (const stat of stats.values()) {
    if (stat['kind'] !== 'audio') continue;
    if (stat['type'] === 'outbound-rtp') sent = readSent(stat, stats);
    if (stat['type'] !== 'inbound-rtp') continue;
    const personId = personByTrackId.get(text(stat, 'trackIdentifier') ?? '');
    if (personId !== undefined) received.set(personId, readReceived(stat));
  }
  return { sent, received };
}

function readSent(stat: Stat, stats: ReadonlyMap<string, Stat>): SentAudio {
  const codec = stats.get(text(stat, 'codecId') ?? '');
  return {
    packets: (number(stat, 'packetsSent') ?? 0) - (number(stat, 'retransmittedPacketsSent') ?? 0),
    payloadBytes: (number(stat, 'bytesSent') ?? 0) - (number(stat, 'retransmittedBytesSent') ?? 0),
    codec: codec === undefined ? undefined : codecName(codec),
    roundTripMs: roundTripMs(stats),
  };
}

function readReceived(stat: Stat): ReceivedAudio {
  const jitterSeconds = number(stat, 'jitter');
  return {
    totalEnergy: number(stat, 'totalAudioEnergy') ?? 0,
    totalSeconds: number(stat, 'totalSamplesDuration') ?? 0,
    jitterMs: jitterSeconds === undefined ? undefined : jitterSeconds * 1000,
    packetsLost: number(stat, 'packetsLost') ?? 0,
  };
}

function codecName(codec: Stat): string | undefined {
  const mimeType = text(codec, 'mimeType');
  const clockRate = number(codec, 'clockRate');
  if (mimeType === undefined || clockRate === undefined) return undefined;
  const channels = number(codec, 'channels') ?? 1;
  return `${mimeType.replace(/^audio\//, '')}/${String(clockRate)}/${String(channels)}`;
}

/** Of the ICE pair in use: it is there before the first RTCP report, and in every topology. */
function roundTripMs(stats: ReadonlyMap<string, Stat>): number | undefined {
  for (const stat of stats.values()) {
    if (stat['type'] !== 'candidate-pair' || stat['nominated'] !== true) continue;
    const seconds = number(stat, 'currentRoundTripTime');
    if (seconds !== undefined) return seconds * 1000;
  }
  return undefined;
}

function number(stat: Stat, name: string): number | undefined {
  const value = stat[name];
  return typeof value === 'number' ? value : undefined;
}

function text(stat: Stat, name: string): string | undefined {
  const value = stat[name];
  return typeof value === 'string' ? value : undefined;
}
