/**
 * Measures a running call: levels and details for the screen, and the check that no packet left
 * this browser that the worker did not seal.
 */
import type { ParticipantId } from '@earshot/protocol';
import { levelOfRms } from '../platform/level-meter.ts';
import type { PipeCounts } from '../worker/worker-messages.ts';
import { CallError } from './call-api.ts';
import type { Measurement, PersonMeasurement } from './call-reducer.ts';
import type { KeyWorker } from './key-worker.ts';
import type { CallMedia } from './media-port.ts';
import { readStats, type MediaStats, type ReceivedAudio } from './media-stats.ts';
import { SpeechDetector } from './speech-detector.ts';

const periodMs = 250;

export interface CallMonitorOptions {
  readonly media: CallMedia;
  readonly keys: KeyWorker | undefined;
  readonly selfLevel: () => number;
  readonly onMeasurement: (measurement: Measurement) => void;
  /** `unsealed-audio`, or statistics that cannot be had, without which nothing can be vouched for. */
  readonly onFailure: (error: unknown) => void;
}

export class CallMonitor {
  readonly #options: CallMonitorOptions;
  readonly #heard = new Map<ParticipantId, { last: ReceivedAudio; speech: SpeechDetector }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: CallMonitorOptions) {
    this.#options = options;
    this.#later();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #later(): void {
    this.#timer = setTimeout(() => {
      void this.#round();
    }, periodMs);
  }

  async #round(): Promise<void> {
    try {
      const { media, keys } = this.#options;
      const report = await media.measure();
      // Counted after the statistics were taken: what was sent until then was sealed before.
      const counts = await keys?.counts();
      if (this.#isClosed) return;
      const stats = readStats(report);
      if (counts !== undefined) requireSealed(stats, report.pipeId, counts);
      this.#options.onMeasurement(this.#toMeasurement(stats, report.pipeId, counts));
      this.#later();
    } catch (error) {
      if (!this.#isClosed) this.#options.onFailure(error);
    }
  }

  #toMeasurement(
    stats: MediaStats,
    pipeId: string | undefined,
    counts: PipeCounts | undefined,
  ): Measurement {
    const { selfLevel } = this.#options;
    const sealed = pipeId === undefined ? undefined : counts?.sealed[pipeId];
    const received = [...stats.received.values()];
    return {
      selfLevel: selfLevel(),
      people: this.#measurePeople(stats, counts),
      details: {
        codec: stats.sent?.codec,
        roundTripMs: stats.sent?.roundTripMs,
        jitterMs: maximum(received.flatMap(({ jitterMs }) => jitterMs ?? [])),
        packetsLost: received.reduce((sum, { packetsLost }) => sum + packetsLost, 0),
        packetsSent: stats.sent?.packets ?? 0,
        framesSealed: sealed?.passed ?? 0,
        framesDropped: sealed?.dropped ?? {},
        frameSuite: counts?.frameSuite,
      },
    };
  }

  #measurePeople(
    stats: MediaStats,
    counts: PipeCounts | undefined,
  ): Map<ParticipantId, PersonMeasurement> {
    const nowMs = performance.now();
    const people = new Map<ParticipantId, PersonMeasurement>();
    for (const [personId, audio] of stats.received) {
      const { last, speech } = this.#heard.get(personId) ?? {
        last: audio,
        speech: new SpeechDetector(),
      };
      this.#heard.set(personId, { last: audio, speech });
      const level = levelBetween(last, audio);
      people.set(personId, {
        level,
        isSpeaking: speech.update(level, nowMs),
        dropped: counts?.opened[personId]?.dropped ?? {},
      });
    }
    for (const personId of this.#heard.keys()) {
      if (!stats.received.has(personId)) this.#heard.delete(personId);
    }
    return people;
  }
}

/**
 * A transform may be set and yet never be called, with no error anywhere:
 * then audio leaves that nobody sealed. Bytes are compared and not packets, because Chromium probes
 * the bandwidth with packets of nothing but padding, which carry no payload byte.
 * @throws CallError `unsealed-audio`
 */
export function requireSealed(
  stats: MediaStats,
  pipeId: string | undefined,
  counts: PipeCounts,
): void {
  const sent = stats.sent?.payloadBytes ?? 0;
  const sealed = pipeId === undefined ? 0 : (counts.sealed[pipeId]?.bytes ?? 0);
  if (sent <= sealed) return;
  throw new CallError('unsealed-audio', `${String(sent)} bytes sent, ${String(sealed)} sealed`);
}

/** W3C webrtc-stats, totalAudioEnergy: the RMS between two moments. */
function levelBetween(before: ReceivedAudio, after: ReceivedAudio): number {
  const seconds = after.totalSeconds - before.totalSeconds;
  const energy = after.totalEnergy - before.totalEnergy;
  return seconds > 0 && energy > 0 ? levelOfRms(Math.sqrt(energy / seconds)) : 0;
}

function maximum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
