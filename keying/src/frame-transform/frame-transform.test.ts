import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../secret.ts';
import { defaultFrameSuite, ReceiverKeyring, SenderKey } from '../sframe/index.ts';
import { createOpenTransform, createSealTransform, FrameCounter } from './index.ts';
import type { EncodedFrame, FrameController, FrameOpener, FrameSealer } from './index.ts';

const metadata = new Uint8Array(32).fill(3);

function frameOf(bytes: Uint8Array, timestamp?: number): EncodedFrame {
  return {
    data: bytes.slice().buffer,
    ...(timestamp === undefined ? {} : { timestamp }),
    getMetadata: () => ({}),
  };
}

/** A stream's end that keeps what reaches it. */
function collector(): FrameController<EncodedFrame> & { readonly frames: Uint8Array[] } {
  const frames: Uint8Array[] = [];
  return { frames, enqueue: (frame) => frames.push(new Uint8Array(frame.data)) };
}

function senderKey(): SenderKey {
  const baseKey = Secret.copy(new Uint8Array(32).fill(7));
  return new SenderKey({ suite: defaultFrameSuite, metadata, generation: 0, baseKey });
}

function keyring(): ReceiverKeyring {
  const ring = new ReceiverKeyring({ suite: defaultFrameSuite, metadata });
  ring.install({ generation: 0, step: 0 }, Secret.copy(new Uint8Array(32).fill(7)));
  return ring;
}

describe('seal, then open', () => {
  it('gives back every frame, empty ones included', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (payloads) => {
        const seal = createSealTransform({ sealer: senderKey() });
        const open = createOpenTransform({ opener: keyring() });
        const [sent, played] = [collector(), collector()];
        for (const payload of payloads) seal.transform(frameOf(payload), sent);
        for (const sealed of sent.frames) open.transform(frameOf(sealed), played);
        expect(played.frames).toEqual(payloads);
        expect(seal.counts).toEqual({ passed: payloads.length, dropped: {} });
        expect(open.counts).toEqual({ passed: payloads.length, dropped: {} });
      }),
    );
  });
});

describe('the way out', () => {
  it('lets nothing through that was not sealed', () => {
    const key = senderKey();
    const seal = createSealTransform({ sealer: key });
    const sent = collector();
    key.wipe();
    seal.transform(frameOf(Uint8Array.of(1, 2, 3)), sent);
    expect(sent.frames).toEqual([]);
    expect(seal.counts).toEqual({ passed: 0, dropped: { 'no-key': 1 } });
  });

  it('survives a sealer that throws', () => {
    const sealer: FrameSealer = {
      seal: () => {
        throw new Error('broken');
      },
    };
    const seal = createSealTransform({ sealer });
    const sent = collector();
    seal.transform(frameOf(Uint8Array.of(1)), sent);
    expect(sent.frames).toEqual([]);
    expect(seal.counts.dropped).toEqual({ 'no-key': 1 });
  });

  it('reports the first sealed frame once, after it has gone on', () => {
    const sent = collector();
    const reports: number[] = [];
    const seal = createSealTransform({
      sealer: senderKey(),
      onFirstSealed: () => reports.push(sent.frames.length),
    });
    for (let i = 0; i < 3; i++) seal.transform(frameOf(Uint8Array.of(i)), sent);
    expect(reports).toEqual([1]);
  });

  it('reports nothing while frames are dropped or the stream has ended', () => {
    const key = senderKey();
    let reports = 0;
    const seal = createSealTransform({ sealer: key, onFirstSealed: () => reports++ });
    const ended: FrameController<EncodedFrame> = {
      enqueue: () => {
        throw new TypeError('stream has ended');
      },
    };
    seal.transform(frameOf(Uint8Array.of(1)), ended);
    key.wipe();
    seal.transform(frameOf(Uint8Array.of(1)), collector());
    expect(reports).toBe(0);
    expect(seal.counts.passed).toBe(0);
  });

  it('hands the RTP timestamp on, from the metadata first', () => {
    const seen: number[] = [];
    const sealer: FrameSealer = {
      seal: (payload, { rtpTimestamp }) => {
        seen.push(rtpTimestamp);
        return { ok: true, bytes: payload };
      },
    };
    const seal = createSealTransform({ sealer });
    const data = new ArrayBuffer(1);
    seal.transform({ data, timestamp: 5, getMetadata: () => ({ rtpTimestamp: 7 }) }, collector());
    seal.transform({ data, timestamp: 5, getMetadata: () => ({}) }, collector());
    seal.transform({ data, getMetadata: () => ({}) }, collector());
    expect(seen).toEqual([7, 5, 0]);
  });

  it('sends only the bytes that the sealer returned, not the buffer around them', () => {
    const sealer: FrameSealer = {
      seal: () => ({ ok: true, bytes: new Uint8Array(100).subarray(10, 14) }),
    };
    const sent = collector();
    createSealTransform({ sealer }).transform(frameOf(Uint8Array.of(1)), sent);
    expect(sent.frames[0]).toHaveLength(4);
  });
});

describe('the way in', () => {
  it('plays nothing that the opener did not authenticate, whatever arrives', () => {
    const authentic = collector();
    const seal = createSealTransform({ sealer: senderKey() });
    for (let i = 0; i < 8; i++) seal.transform(frameOf(Uint8Array.of(i, i)), authentic);
    const arriving = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...authentic.frames),
      fc
        .tuple(fc.constantFrom(...authentic.frames), fc.nat(15), fc.integer({ min: 1, max: 255 }))
        .map(([frame, at, flip]) =>
          frame.map((byte, i) => (i === at % frame.length ? byte ^ flip : byte)),
        ),
    );
    const isKeyPresent = fc.boolean();
    fc.assert(
      fc.property(fc.array(arriving, { maxLength: 40 }), isKeyPresent, (frames, hasKey) => {
        const ring = keyring();
        if (!hasKey) ring.wipe();
        const opened: Uint8Array[] = [];
        const opener: FrameOpener = {
          open: (frame) => {
            const outcome = ring.open(frame);
            if (outcome.ok) opened.push(outcome.bytes);
            return outcome;
          },
        };
        const open = createOpenTransform({ opener });
        const played = collector();
        for (const frame of frames) open.transform(frameOf(frame), played);
        expect(played.frames).toEqual(opened);
        // Each authentic frame at most once, and none without a key.
        const sealedOnes = new Set(authentic.frames.map((frame) => frame.join()));
        const due = new Set(
          frames.map((frame) => frame.join()).filter((one) => sealedOnes.has(one)),
        );
        expect(played.frames.length).toBe(hasKey ? due.size : 0);
        const { passed, dropped } = open.counts;
        const droppedCount = Object.values(dropped).reduce((sum, count) => sum + count, 0);
        expect(passed + droppedCount).toBe(frames.filter(({ length }) => length > 0).length);
      }),
    );
  });

  it('lets no empty frame through, counts none and asks no opener', () => {
    const opener: FrameOpener = { open: (bytes) => ({ ok: true, bytes }) };
    const open = createOpenTransform({ opener });
    const played = collector();
    open.transform(frameOf(new Uint8Array(0)), played);
    expect(played.frames).toEqual([]);
    expect(open.counts).toEqual({ passed: 0, dropped: {} });
  });

  it('reports the first opened frame once, after it has gone on, and none before', () => {
    const sent = collector();
    const seal = createSealTransform({ sealer: senderKey() });
    for (let i = 0; i < 3; i++) seal.transform(frameOf(Uint8Array.of(i)), sent);
    const played = collector();
    const reports: number[] = [];
    const open = createOpenTransform({
      opener: keyring(),
      onFirstOpened: () => reports.push(played.frames.length),
    });
    open.transform(frameOf(Uint8Array.of(0xff)), played);
    expect(reports).toEqual([]);
    for (const frame of sent.frames) open.transform(frameOf(frame), played);
    expect(reports).toEqual([1]);
  });

  it('counts on where an earlier transform of the same person left off', () => {
    const counter = new FrameCounter();
    const played = collector();
    for (let i = 0; i < 2; i++) {
      const open = createOpenTransform({ opener: keyring(), counter });
      open.transform(frameOf(Uint8Array.of(0xff)), played);
    }
    expect(counter.counts).toEqual({ passed: 0, dropped: { malformed: 2 } });
  });
});
