/** What a run of arrivals is asked for and finds. */
import { z } from 'zod';

const bytes = z.int().nonnegative();

/** JSON as it goes over the socket, means of the arrivals. */
const arrivalSizes = z.strictObject({
  request: bytes,
  answer: bytes,
  /** What each of the others in the room is told of an arrival. */
  event: bytes,
});

export const arrivalServers = ['earshot', 'socketio'] as const;
export type ArrivalServer = (typeof arrivalServers)[number];

export const arrivalOrder = z.strictObject({
  server: z.enum(arrivalServers),
  arrivals: bytes,
  /** People in a room: a full one is followed by the next. */
  roomSize: bytes,
  /** Under way at a time. */
  atOnce: bytes,
  serverCore: z.int(),
  /** What the echo sends in place of Earshot's messages. */
  sizes: arrivalSizes,
});
export type ArrivalOrder = z.infer<typeof arrivalOrder>;

export const arrivalResult = z.strictObject({
  elapsedMs: z.number(),
  serverCpuMs: z.number(),
  clientCpuMs: z.number(),
  /** From opening the socket to the last acknowledgement, one for each arrival. */
  latenciesMs: z.array(z.number()),
  sizes: arrivalSizes,
});
export type ArrivalResult = z.infer<typeof arrivalResult>;

export const arrivalReport = z.union([arrivalResult, z.strictObject({ failed: z.string() })]);
