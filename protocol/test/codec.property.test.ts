/** Whatever arrives, parsing returns or throws ProtocolError, and says nothing of what it read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseAnswer,
  parseEvent,
  parseRequestFrame,
  parseRequestInput,
  ProtocolError,
  verbs,
} from '../src/index.ts';
import { readGolden, samplesOf } from './golden.ts';

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
});

/** A value that was right, with one thing in it replaced: comes further than noise does. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return anything;
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return anything;
  return fc
    .constantFrom(...entries)
    .chain(([key, inner]) =>
      fc
        .oneof({ weight: 1, arbitrary: anything }, { weight: 3, arbitrary: mutated(inner) })
        .map((replaced) =>
          Array.isArray(value)
            ? value.map((item: unknown) => (item === inner ? replaced : item))
            : { ...value, [key]: replaced },
        ),
    );
}

function returnsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'bad-message' });
  }
}

describe('parsers throw ProtocolError only', () => {
  test('request frames, events and answers from anything', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(...verbs), (value, verb) => {
        returnsOrRefuses(() => parseRequestFrame(value));
        returnsOrRefuses(() => parseEvent(value));
        returnsOrRefuses(() => parseAnswer(verb, value));
        returnsOrRefuses(() => parseRequestInput(verb, value));
      }),
      { numRuns: 500 },
    );
  });

  test.each(verbs)('%s from changed samples', (verb) => {
    const { accepted } = samplesOf(readGolden('request-inputs'), verb);
    fc.assert(
      fc.property(fc.constantFrom(...accepted).chain(mutated), (value) => {
        returnsOrRefuses(() => parseRequestInput(verb, value));
      }),
    );
  });
});

test('an object that cannot be compared is refused, in place of a string and of a list', () => {
  const hostile: unknown = JSON.parse('{"length":{"toString":0,"valueOf":0}}');
  const envelope = { to: 'p1AAAAAAAAAAAAAAAAAAAA', kind: 'sender-key', data: hostile };
  const error = { code: 'internal', message: hostile, retryable: true };
  for (const read of [
    () => parseRequestInput('envelope', envelope),
    () => parseRequestInput('join', { name: hostile }),
    () => parseAnswer('bye', { ok: false, error }),
    () => parseEvent({ seq: 1, name: 'envelope', payload: envelope }),
  ]) {
    expect(read).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 'bad-message' }));
  }
});

test('a refusal names fields, not values', () => {
  const secret = 'inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  const read = (): unknown => parseRequestInput('offer', { to: secret, sdp: 7, [secret]: secret });
  expect(read).toThrow(ProtocolError);
  expect(read).not.toThrow(secret);
  expect(read).toThrow(/offer: to, sdp/);
});

test('a prototype in JSON stays data', () => {
  const hostile: unknown = JSON.parse('{"isMuted":true,"__proto__":{"isAdmin":true}}');
  returnsOrRefuses(() => parseRequestInput('setMuted', hostile));
  const parameters: unknown = JSON.parse(
    '{"transportId":"6f9619ff-8b86-4d01-b42d-00c04fc964ff","rtpParameters":{"codecs":[{"mimeType":"audio/opus","payloadType":1,"clockRate":1,"parameters":{"__proto__":"x","a":1}}]}}',
  );
  const { rtpParameters } = parseRequestInput('produce', parameters);
  expect(Object.keys(rtpParameters.codecs[0]?.parameters ?? {})).toEqual(['a']);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});
