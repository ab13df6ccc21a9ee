/** Many streams in one renderer, each through a sender's and a receiver's transform. */
import type { StreamTotals, TappedFrame, TransformKind } from '../src/page-contract.ts';
import {
  frameName,
  isTapReport,
  tapChannelName,
  type TapQuestion,
  type TapReport,
} from './frame-tap-messages.ts';
import { Loopback } from './loopback.ts';
import { startEarshot } from './transforms/earshot.ts';
import { startLiveKit } from './transforms/livekit.ts';
import { startPassThrough } from './transforms/pass-through.ts';
import type { PairOptions, TransformPair } from './transforms/transform-pair.ts';

type Start = (options: PairOptions) => Promise<TransformPair>;

const starts: Readonly<Record<TransformKind, Start>> = {
  'pass-through': startPassThrough,
  earshot: startEarshot,
  livekit: startLiveKit,
};
const settledPollMs = 100;
/** Per stream, before it counts as running. */
const firstFrames = 25;

let loopback: Loopback | undefined;

globalThis.benchPage = {
  async startStreams({ transform, streams, isTapped }) {
    loopback = await Loopback.open(streams, await starts[transform]({ isTapped }));
    while ((await totals()).received < firstFrames * streams) await delay(settledPollMs);
  },
  streamTotals: totals,
  async tapFrames(windowMs) {
    const channel = new BroadcastChannel(tapChannelName);
    ask(channel, 'forget');
    await delay(windowMs);
    const reports = await reportsOf(channel);
    const entered = new Map(
      reports.flatMap(({ sent }) => sent).map((frame) => [frameName(frame), frame]),
    );
    const received = reports.flatMap((report) => report.received);
    const frames = received.flatMap((left): TappedFrame[] => {
      const frame = entered.get(frameName(left));
      if (frame === undefined) return [];
      const { plainBytes, sealedBytes } = frame;
      return [{ delayMs: left.atMs - frame.atMs, plainBytes, sealedBytes }];
    });
    return { received: received.length, frames };
  },
};

async function totals(): Promise<StreamTotals> {
  if (loopback === undefined) throw new Error('no streams');
  return loopback.totals();
}

/** Of both workers. */
function reportsOf(channel: BroadcastChannel): Promise<TapReport[]> {
  return new Promise((resolve) => {
    const reports: TapReport[] = [];
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!isTapReport(data)) return;
      reports.push(data);
      if (reports.length === 2) resolve(reports);
    });
    ask(channel, 'report');
  });
}

function ask(channel: BroadcastChannel, question: TapQuestion): void {
  channel.postMessage(question);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
