/** What passes an operator between a client and the real server, typed by the protocol. */
import {
  parse,
  parseAnswer,
  parseEvent,
  parseRequestFrame,
  parseRequestInput,
  welcome as welcomeSchema,
  type EventName,
  type EventPayload,
  type RequestInput,
  type RequestResult,
  type Verb,
  type Welcome,
  type WireError,
} from '@earshot/protocol';

/** Clients count from 0, in the order in which they connected. */
interface Passing {
  readonly client: number;
}

export type RelayedRequest = {
  [V in Verb]: Passing & {
    readonly kind: 'request';
    readonly verb: V;
    readonly input: RequestInput<V>;
  };
}[Verb];

export type RelayedAnswer = {
  [V in Verb]: Passing & {
    readonly kind: 'answer';
    readonly verb: V;
    readonly result: RequestResult<V>;
  };
}[Verb];

/** The server refused; passed as it is unless rewritten into an answer. */
export interface RelayedRefusal extends Passing {
  readonly kind: 'refusal';
  readonly verb: Verb;
  readonly error: WireError;
}

export type RelayedEvent = {
  [E in EventName]: Passing & {
    readonly kind: 'event';
    readonly name: E;
    readonly payload: EventPayload<E>;
  };
}[EventName];

export interface RelayedWelcome extends Passing {
  readonly kind: 'welcome';
  readonly welcome: Welcome;
}

export type RelayedMessage =
  RelayedRequest | RelayedAnswer | RelayedRefusal | RelayedEvent | RelayedWelcome;

/** @throws ProtocolError `bad-message` */
export function readRequest(
  client: number,
  verb: Verb,
  frame: unknown,
): { readonly id: string; readonly request: RelayedRequest } {
  const { id, input: unparsed } = parseRequestFrame(frame);
  return { id, request: request(client, verb, parseRequestInput(verb, unparsed)) };
}

/** @throws ProtocolError `bad-message` */
export function readAnswer(
  client: number,
  verb: Verb,
  value: unknown,
): RelayedAnswer | RelayedRefusal {
  const answer = parseAnswer(verb, value);
  if (!answer.ok) return { kind: 'refusal', client, verb, error: answer.error };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the parser ties the result to its verb, which a union cannot express
  return { kind: 'answer', client, verb, result: answer.result } as RelayedAnswer;
}

/** @throws ProtocolError `bad-message` */
export function readEvent(client: number, value: unknown): RelayedEvent {
  const { name, payload } = parseEvent(value);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- as above: name and payload
  return { kind: 'event', client, name, payload } as RelayedEvent;
}

/** @throws ProtocolError `bad-message` */
export function readWelcome(client: number, value: unknown): RelayedWelcome {
  return { kind: 'welcome', client, welcome: parse(welcomeSchema, value, 'welcome') };
}

function request<V extends Verb>(client: number, verb: V, input: RequestInput<V>): RelayedRequest {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- as above: verb and input
  return { kind: 'request', client, verb, input } as unknown as RelayedRequest;
}
