/** Prometheus metrics, in a registry of their own. Label values are closed sets: cardinality is bounded. */
import { keyingModes, topologies } from '@earshot/keying/mode';
import type { MediaLoad } from '@earshot/sfu/api';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Call } from './call.ts';

const mediaKinds = [
  'workersAlive',
  'workersWanted',
  'rooms',
  'producers',
  'consumers',
] as const satisfies (keyof MediaLoad)[];

/** What is counted when it is asked for. */
export interface MetricsSources {
  readonly sessions: () => number;
  readonly calls: () => readonly Call[];
  readonly mediaLoad: () => MediaLoad | undefined;
}

export class Metrics {
  readonly registry = new Registry();
  readonly sessionsResumed = this.#counter('sessions_resumed_total', 'Sessions resumed');
  readonly sessionsEnded = this.#counter('sessions_ended_total', 'Sessions ended', ['reason']);
  readonly requests = this.#counter('requests_total', 'Requests answered', ['verb', 'outcome']);
  readonly relayed = this.#counter('relayed_total', 'Messages relayed', ['verb']);
  readonly limited = this.#counter('rate_limited_total', 'Requests over a limit', ['scope']);
  readonly refusedConnections = this.#counter('connections_refused_total', 'Connections refused', [
    'reason',
  ]);
  readonly mediaLost = this.#counter('media_lost_total', 'Rooms whose media was lost');
  readonly unknownEvents = this.#counter('unknown_events_total', 'Events that are no verb');

  /** Begins to collect; call once. */
  watch({ sessions, calls, mediaLoad }: MetricsSources): void {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge(
      { name: 'sessions', help: 'Sessions, connected or within their lease', labelNames: [] },
      (gauge) => {
        gauge.set(sessions());
      },
    );
    this.#gauge({ name: 'calls', help: 'Calls', labelNames: ['mode', 'topology'] }, (gauge) => {
      this.#byKind(gauge, calls(), () => 1);
    });
    this.#gauge(
      { name: 'participants', help: 'People in calls', labelNames: ['mode', 'topology'] },
      (gauge) => {
        this.#byKind(gauge, calls(), ({ size }) => size);
      },
    );
    this.#gauge(
      { name: 'media', help: 'What the media server holds', labelNames: ['kind'] },
      (gauge) => {
        const load = mediaLoad();
        if (load === undefined) return;
        for (const kind of mediaKinds) gauge.set({ kind }, load[kind]);
      },
    );
  }

  #byKind(gauge: Gauge, calls: readonly Call[], weigh: (call: Call) => number): void {
    for (const mode of keyingModes) {
      for (const topology of topologies) gauge.set({ mode, topology }, 0);
    }
    for (const call of calls) {
      gauge.inc({ mode: call.mode, topology: call.topology }, weigh(call));
    }
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `earshot_${name}`, help, labelNames, registers: [this.registry] });
  }

  #gauge({ name, help, labelNames }: GaugeText, fill: (gauge: Gauge) => void): void {
    const gauge: Gauge = new Gauge({
      name: `earshot_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect: () => {
        fill(gauge);
      },
    });
  }
}

interface GaugeText {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
}
