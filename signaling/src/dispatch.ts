/** From a verb and whatever came with it to the answer: one table, one path. */
import {
  parseRequestFrame,
  parseRequestInput,
  ProtocolError,
  type Answer,
  type RequestInput,
  type RequestResult,
  type Verb,
} from '@earshot/protocol';
import type { Caller } from './caller.ts';
import { createCall, enterLobby, join, leave, setMuted } from './handlers/calls.ts';
import {
  connectTransport,
  consume,
  createTransport,
  produce,
  restartIce,
  resumeConsumer,
} from './handlers/media.ts';
import { answer, candidate, envelope, offer } from './handlers/relay.ts';
import { bye, hello } from './handlers/session.ts';
import type { Log } from './log.ts';

/** Refuses by throwing ProtocolError; anything else it throws is answered as `internal`. */
export type Handler<V extends Verb> = (
  caller: Caller,
  input: RequestInput<V>,
) => RequestResult<V> | Promise<RequestResult<V>>;

/** Total: a verb without its handler does not compile. */
const handlers: { readonly [V in Verb]: Handler<V> } = {
  hello,
  bye,
  createCall,
  enterLobby,
  join,
  leave,
  setMuted,
  offer,
  answer,
  candidate,
  envelope,
  createTransport,
  connectTransport,
  restartIce,
  produce,
  consume,
  resumeConsumer,
};

export function isVerb(name: unknown): name is Verb {
  return typeof name === 'string' && Object.hasOwn(handlers, name);
}

/**
 * Never rejects: every failure is an answer. `frame` is what the client sent, unparsed. A session's requests are to be
 * dispatched in the order in which they came: those for media wait for a `join` before them.
 */
export async function dispatch(
  verb: Verb,
  frame: unknown,
  { caller, log }: { caller: Caller; log: Log },
): Promise<Answer<Verb>> {
  const answering = answerTo(verb, frame, { caller, log });
  if (verb === 'join' && caller.session !== undefined) caller.session.joining = answering;
  const answered = await answering;
  const outcome = answered.ok ? 'ok' : answered.error.code;
  caller.services.metrics.requests.inc({ verb, outcome });
  log.debug('request answered', { verb, outcome });
  return answered;
}

async function answerTo(
  verb: Verb,
  frame: unknown,
  { caller, log }: { caller: Caller; log: Log },
): Promise<Answer<Verb>> {
  try {
    await caller.services.rateLimits.takeRequest(caller, verb);
    const { id, input: unparsed } = parseRequestFrame(frame);
    const input = parseRequestInput(verb, unparsed);
    const run = async (): Promise<Answer<Verb>> => {
      try {
        return { ok: true, result: await handle(verb, caller, input) };
      } catch (error) {
        return refusal(error, { verb, log });
      }
    };
    const { session } = caller;
    // Before `hello` there is nothing to remember answers in.
    if (session === undefined || session.isEnded || verb === 'hello') return await run();
    session.confirmToken();
    return await session.answers.once({ id, verb, input }, run, isFinal);
  } catch (error) {
    return refusal(error, { verb, log });
  }
}

/** Ties the verb to its input, which the compiler cannot do across a union. */
async function handle<V extends Verb>(
  verb: V,
  caller: Caller,
  input: RequestInput<V>,
): Promise<RequestResult<V>> {
  return await handlers[verb](caller, input);
}

/** A refusal that the client may retry is not what the request id stands for. */
function isFinal(answered: Answer<Verb>): boolean {
  return answered.ok || !answered.error.retryable;
}

function refusal(error: unknown, { verb, log }: { verb: Verb; log: Log }): Answer<Verb> {
  if (error instanceof ProtocolError) return { ok: false, error: error.toWire() };
  log.error('request failed', { verb, error });
  return { ok: false, error: new ProtocolError('internal').toWire() };
}
