/** Parse at the edge, then trust: the only way from wire values to typed messages. */
import { z } from 'zod';
import { ProtocolError, wireError } from './errors.ts';
import { eventFrame, events, type EventName, type EventPayload } from './messages/events.ts';
import {
  requestFrame,
  requestSchemas,
  type RequestFrame,
  type RequestInput,
  type RequestResult,
  type Verb,
} from './messages/requests.ts';

export type Answer<V extends Verb> =
  { ok: true; result: RequestResult<V> } | { ok: false; error: z.infer<typeof wireError> };

/** One event, its name and payload tied together. */
export type ServerEvent = {
  [E in EventName]: { readonly seq: number; readonly name: E; readonly payload: EventPayload<E> };
}[EventName];

/** @throws ProtocolError `bad-message` */
export function parseRequestFrame(value: unknown): RequestFrame {
  return parse(requestFrame, value, 'request');
}

/** @throws ProtocolError `bad-message` */
export function parseRequestInput<V extends Verb>(verb: V, value: unknown): RequestInput<V> {
  return parse(requestSchemas[verb].input, value, verb);
}

const refusal = z.strictObject({ ok: z.literal(false), error: wireError });

/** @throws ProtocolError `bad-message` */
export function parseAnswer<V extends Verb>(verb: V, value: unknown): Answer<V> {
  const refused = read(refusal, value);
  if (refused.success) return refused.data;
  const { result } = parse(
    z.strictObject({ ok: z.literal(true), result: z.unknown() }),
    value,
    `answer to ${verb}`,
  );
  return {
    ok: true,
    result: parse(requestSchemas[verb].result, result, `answer to ${verb}`),
  };
}

/** @throws ProtocolError `bad-message` */
export function parseEvent(value: unknown): ServerEvent {
  const { seq, name, payload } = parse(eventFrame, value, 'event');
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the schema was chosen by this very name, which the compiler cannot follow through a union
  return { seq, name, payload: parse(events[name] as z.ZodType, payload, name) } as ServerEvent;
}

/** @throws ProtocolError `bad-message`, naming the fields at fault but none of their values. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = read(schema, value);
  if (parsed.success) return parsed.data;
  throw new ProtocolError('bad-message', `${what}: ${parsed.fields.join(', ')}`, {
    cause: parsed.cause,
  });
}

type Read<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly fields: readonly string[]; readonly cause?: unknown };

/**
 * Never throws. `safeParse` does: it compares the `length` of what is no string too, and JSON can hold
 * an object that cannot be compared, `{"length":{"toString":0,"valueOf":0}}`.
 */
function read<T>(schema: z.ZodType<T>, value: unknown): Read<T> {
  try {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { success: true, data: parsed.data };
    const fields = parsed.error.issues
      .slice(0, 3)
      .map((issue) => issue.path.map(String).join('.') || '(whole)');
    return { success: false, fields };
  } catch (cause) {
    return { success: false, fields: ['(whole)'], cause };
  }
}
