/** One window: so many speak, and what becomes of every frame, at what cost. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Assembly } from './assembly.ts';
import type { DirectPair } from './direct-pair.ts';
import type { FrameLedger } from './frame-ledger.ts';
import type { Delays, MeasureCommand, Sample } from './load-messages.ts';
import { busyMsOf, cpuMsOf } from './process-usage.ts';
import { SpeechPacer } from './speech-pacer.ts';
import { udpDropsOf } from './udp-drops.ts';

/** What has not come by then is lost: no jitter buffer would wait longer. */
const graceMs = 400;
/** Frames of the direct pair per speaker's frame, so that its 99th percentile means something. */
const directStreams = 4;

export interface MeasureOptions {
  readonly command: MeasureCommand;
  readonly assembly: Assembly;
  readonly ledger: FrameLedger;
  readonly pair: DirectPair;
  readonly serverProcessIds: readonly number[];
  readonly serverCore: number;
}

export async function measure(options: MeasureOptions): Promise<Sample> {
  const { command, assembly, ledger, pair } = options;
  const active = assembly.speakers.slice(0, command.speakers);
  let packets = 0;
  let expected = 0;
  let expectedDirect = 0;
  const senders = active.map((speaker) => () => {
    if (!speaker.send()) return;
    packets += speaker.listeners;
    expected += speaker.probes;
  });
  const directSenders = Array.from({ length: directStreams }, () => () => {
    if (pair.send()) expectedDirect++;
  });
  const pacer = new SpeechPacer();
  pacer.speak([...senders, ...directSenders]);
  try {
    await sleep(command.settleMs);
    ledger.open();
    pair.ledger.open();
    const before = readUsage(options);
    await sleep(command.windowMs);
    const after = readUsage(options);
    ledger.stopSending();
    pair.ledger.stopSending();
    await sleep(graceMs);
    const windowMs = after.atMs - before.atMs;
    const serverCpuMs = after.serverMs - before.serverMs;
    return {
      kind: 'sample',
      coreShare: command.coreShare,
      consumers: active.reduce((sum, { listeners }) => sum + listeners, 0),
      windowMs,
      forwarded: delaysOf(ledger.arrivals.delaysMs, expected),
      direct: delaysOf(pair.ledger.arrivals.delaysMs, expectedDirect),
      wrong: ledger.arrivals.wrong,
      packets,
      serverCpuMs,
      loadCpuMs: after.loadMs - before.loadMs,
      othersShare: Math.max(0, after.busyMs - before.busyMs - serverCpuMs) / windowMs,
      serverDrops: after.serverDrops - before.serverDrops,
      loadDrops: after.loadDrops - before.loadDrops,
    };
  } finally {
    pacer.stop();
  }
}

function readUsage({ serverProcessIds, serverCore }: MeasureOptions) {
  return {
    serverMs: cpuMsOf(serverProcessIds),
    loadMs: cpuMsOf([process.pid]),
    busyMs: busyMsOf(serverCore),
    serverDrops: udpDropsOf(serverProcessIds),
    loadDrops: udpDropsOf([process.pid]),
    atMs: performance.now(),
  };
}

function delaysOf(delaysMs: readonly number[], expected: number): Delays {
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const at = (share: number): number | null =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
  return {
    medianMs: at(0.5),
    p99Ms: at(0.99),
    lossShare: expected === 0 ? 0 : 1 - sorted.length / expected,
    expected,
  };
}
