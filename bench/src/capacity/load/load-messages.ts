/** Between the program and its load processes, over the channel between parent and child. */
import { z } from 'zod';
import { systems } from '../servers/forwarding-server.ts';
import { cpuController } from './bandwidth-group.ts';

const count = z.int().nonnegative();
const coreShare = z.number().positive().max(1);

/** `audience`: some speak, others listen. `meeting`: everybody does both. Counts are per room. */
export const layout = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('audience'), rooms: count, speakers: count, listeners: count }),
  z.strictObject({ kind: z.literal('meeting'), rooms: count, people: count }),
]);
export type Layout = z.infer<typeof layout>;

const measureCommand = z.strictObject({
  kind: z.literal('measure'),
  /** In all rooms together; the others of the layout are silent. */
  speakers: count,
  /** What the server may use of its core: 1, or less if it was started with a controller. */
  coreShare,
  /** Before anything counts, milliseconds. */
  settleMs: count,
  windowMs: count,
});
export type MeasureCommand = z.infer<typeof measureCommand>;

export const command = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start'),
    system: z.enum(systems),
    layout,
    serverCore: count,
    loadCore: count,
    /** To hold the server to a share of its core; null where it has all of it. */
    controller: cpuController.nullable(),
  }),
  measureCommand,
]);
export type Command = z.infer<typeof command>;

const delays = z.strictObject({
  /** Milliseconds; null where nothing arrived. */
  medianMs: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** Of what was sent, the share that did not arrive: 0 to 1. */
  lossShare: z.number(),
  /** Deliveries that were waited for. */
  expected: count,
});
export type Delays = z.infer<typeof delays>;

const sample = z.strictObject({
  kind: z.literal('sample'),
  coreShare,
  /** Streams that somebody speaks into and somebody hears: packets forwarded are 50 a second for each. */
  consumers: count,
  windowMs: z.number(),
  /** At some of the listeners: from the sender's hand to the receiver's. */
  forwarded: delays,
  /** The same without a server. */
  direct: delays,
  /** Deliveries of bytes other than those sent, or of the same a second time. */
  wrong: count,
  /** Packets that the server was to forward, to all listeners. */
  packets: count,
  serverCpuMs: z.number(),
  loadCpuMs: z.number(),
  /** Share of the window that the server's core worked for somebody else: 0 to 1. */
  othersShare: z.number(),
  /** Datagrams dropped before full sockets. */
  serverDrops: z.int(),
  loadDrops: z.int(),
});
export type Sample = z.infer<typeof sample>;

const ready = z.strictObject({
  kind: z.literal('ready'),
  people: count,
  /** From the first room to the last stream. */
  setUpMs: z.number(),
  setUpCpuMs: z.number(),
  /** Of the server, before and after. */
  emptyBytes: z.number(),
  fullBytes: z.number(),
});
export type Ready = z.infer<typeof ready>;

export const report = z.discriminatedUnion('kind', [
  ready,
  sample,
  z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
]);
export type Report = z.infer<typeof report>;
