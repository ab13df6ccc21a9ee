import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startBareServer } from '../servers/bare-server.ts';
import type { ForwardingServer } from '../servers/forwarding-server.ts';
import { assemble, type Assembly } from './assembly.ts';
import { connectDirectPair, type DirectPair } from './direct-pair.ts';
import { FrameLedger } from './frame-ledger.ts';
import type { Sample } from './load-messages.ts';
import { measure } from './measurement.ts';
import { sealedSpeech } from './sealed-speech.ts';

/** A window on a busy machine may hold a handful of frames, which say nothing: then another one is taken. */
const busyMachine = { timeout: 240_000, interval: 0 };

let opened = new AsyncDisposableStack();
const ledger = new FrameLedger();
let server: ForwardingServer;
let pair: DirectPair;
let assembly: Assembly;

async function setUp(): Promise<void> {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
  server = await startBareServer();
  opened.defer(() => server.close());
  const speechOf = sealedSpeech();
  const layout = { kind: 'audience', rooms: 2, speakers: 2, listeners: 3 } as const;
  assembly = await assemble({ server, layout, ledger, speechOf });
  pair = await connectDirectPair(speechOf('direct'));
  opened.defer(() => pair.close());
}

// A dozen connections at once: on a starved machine one of them may not come about in time.
beforeAll(() => vi.waitFor(setUp, busyMachine));

afterAll(() => opened.disposeAsync());

function window(from: Assembly, speakers: number): Promise<Sample> {
  return measure({
    command: { kind: 'measure', speakers, coreShare: 1, settleMs: 200, windowMs: 600 },
    ...{ assembly: from, ledger, pair, serverProcessIds: server.processIds, serverCore: 0 },
  });
}

it('counts consumers, frames and what forwarding them costs', async () => {
  await vi.waitFor(async () => {
    const sample = await window(assembly, 3);
    expect(assembly.people).toBe(10);
    expect(sample.consumers).toBe(9);
    expect(sample.packets).toBe(3 * sample.forwarded.expected);
    expect(sample.forwarded.expected).toBeGreaterThan(60);
    expect(sample.forwarded.lossShare).toBeLessThan(0.2);
    expect(sample.forwarded.medianMs).toBeGreaterThan(0);
    expect(sample.direct.lossShare).toBeLessThan(0.2);
    expect(sample.wrong).toBe(0);
  }, busyMachine);
});

it('tells a server that forwards nothing from one that does', async () => {
  const speakers = assembly.speakers.map((speaker) => ({
    ...speaker,
    // Counted as sent, and never seen by the server.
    send: () => ledger.sending(randomBytes(91)),
  }));
  await vi.waitFor(async () => {
    const sample = await window({ ...assembly, speakers }, 3);
    expect(sample.forwarded.expected).toBeGreaterThan(60);
    expect(sample.forwarded.lossShare).toBe(1);
    expect(sample.forwarded.p99Ms).toBeNull();
  }, busyMachine);
});
