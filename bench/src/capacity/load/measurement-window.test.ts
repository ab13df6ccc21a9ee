import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { onCore } from './cores.ts';
import { FrameLedger } from './frame-ledger.ts';
import type { Sample } from './load-messages.ts';
import { measure } from './measurement.ts';

const windowMs = 300;
/** Timers come late on a busy machine: then another window is taken. */
const busyMachine = { timeout: 50_000, interval: 0 };

/** One speaker whose frames take so long, by their place in the window; `sends` counts all of them. */
async function measured(given: {
  readonly delayMs?: (place: number) => number;
  readonly server?: number;
}): Promise<{ sample: Sample; sends: () => number }> {
  const { delayMs = () => 0, server = process.pid } = given;
  const ledger = new FrameLedger();
  const pairLedger = new FrameLedger();
  let [sends, place] = [0, 0];
  const send = (): boolean => {
    sends++;
    const frame = randomBytes(91);
    if (!ledger.sending(frame)) return false;
    setTimeout(() => {
      ledger.arrived(frame, 0);
    }, delayMs(place++));
    return true;
  };
  const sendDirect = (): boolean => {
    const frame = randomBytes(91);
    const counts = pairLedger.sending(frame);
    pairLedger.arrived(frame, 0);
    return counts;
  };
  const sample = await measure({
    command: { kind: 'measure', speakers: 1, coreShare: 0.5, settleMs: 20, windowMs },
    assembly: { people: 2, speakers: [{ listeners: 10, probes: 1, send }] },
    pair: { ledger: pairLedger, send: sendDirect, close: () => Promise.resolve() },
    ...{ ledger, serverProcessIds: [server], serverCore: 0 },
  });
  return { sample, sends: () => sends };
}

it('waits for frames that were sent in the window, and counts no later ones', async () => {
  await vi.waitFor(async () => {
    const { sample } = await measured({ delayMs: () => windowMs });
    expect(sample.forwarded.lossShare).toBe(0);
    expect(sample.forwarded.expected).toBeGreaterThan(5);
    expect(sample.forwarded.expected).toBeLessThanOrEqual(sample.windowMs / 20 + 2);
    expect(sample.packets).toBe(10 * sample.forwarded.expected);
  }, busyMachine);
});

it('tells the slowest hundredth from the half, whichever came last', async () => {
  await vi.waitFor(async () => {
    const { sample } = await measured({ delayMs: (place) => (place < 3 ? 100 : 0) });
    expect(sample.forwarded.medianMs).toBeLessThan(50);
    expect(sample.forwarded.p99Ms).toBeGreaterThanOrEqual(99);
  }, busyMachine);
});

it('measures the direct pair beside it, four times as often', async () => {
  await vi.waitFor(async () => {
    const { direct, forwarded } = (await measured({})).sample;
    expect(direct.lossShare).toBe(0);
    expect(Math.abs(direct.expected - 4 * forwarded.expected)).toBeLessThanOrEqual(4);
  }, busyMachine);
});

it('says the share, and sends no more when it is over', async () => {
  const { sample, sends } = await measured({});
  expect(sample.coreShare).toBe(0.5);
  const before = sends();
  await sleep(100);
  expect(sends()).toBe(before);
});

it.runIf(process.platform === 'linux')(
  'charges the server with the window alone, and others with the rest',
  async () => {
    const [file, args] = onCore(0, ['sh', '-c', 'while :; do :; done']);
    const spinner = spawn(file, args, { stdio: 'ignore' });
    onTestFinished(() => void spinner.kill());
    await sleep(3 * windowMs);
    await vi.waitFor(async () => {
      const { sample } = await measured({ server: spinner.pid ?? 0 });
      const own = sample.serverCpuMs / sample.windowMs;
      // Otherwise it says nothing.
      expect(own).toBeGreaterThan(0.3);
      expect(own + sample.othersShare).toBeLessThan(1.15);
    }, busyMachine);
  },
);
