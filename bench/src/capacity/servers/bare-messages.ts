/** What the load asks the bare media server, over the channel between parent and child. */
import { dtlsParameters, rtpParameters } from '@earshot/protocol';
import { z } from 'zod';

const transportId = z.string();

export const bareRequest = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('openRoom') }),
  z.strictObject({ verb: z.literal('createTransport'), roomId: z.string() }),
  z.strictObject({ verb: z.literal('connectTransport'), transportId, dtlsParameters }),
  z.strictObject({ verb: z.literal('produce'), transportId, rtpParameters }),
  z.strictObject({ verb: z.literal('consume'), transportId, producerId: z.string() }),
]);
export type BareRequest = z.infer<typeof bareRequest>;

export const bareCall = z.strictObject({ id: z.int(), request: bareRequest });

/** `result`: a room's or producer's id, a transport's options, or nothing. */
export const bareAnswer = z.strictObject({
  id: z.int(),
  result: z.unknown().optional(),
  error: z.string().optional(),
});
