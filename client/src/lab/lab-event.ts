/** What the operator's listener streams about a call: one JSON value per line (`/lab/calls/:callId/live`). */
import { keyingModes, topologies } from '@earshot/keying/mode';
import { participantId } from '@earshot/protocol';
import { z } from 'zod';

export const labEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    mode: z.enum(keyingModes),
    topology: z.enum(topologies),
    earlierMessages: z.number(),
  }),
  z.object({
    type: z.literal('people'),
    people: z.array(z.object({ id: participantId, name: z.string() })),
  }),
  z.object({
    type: z.literal('message'),
    at: z.string(),
    from: participantId,
    to: participantId.nullable(),
    verb: z.enum(['offer', 'answer', 'candidate', 'envelope', 'produce']),
    payload: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: z.literal('rtp'), producerId: z.string(), rtp: z.base64() }),
  z.object({ type: z.literal('skipped'), packets: z.number() }),
]);

export type LabEvent = z.infer<typeof labEvent>;
export type RelayedMessage = Extract<LabEvent, { readonly type: 'message' }>;
