import { describe, expect, test } from 'vitest';
import {
  eventNames,
  parse,
  parseAnswer,
  parseEvent,
  parseRequestFrame,
  parseRequestInput,
  ProtocolError,
  verbs,
  welcome,
  type Verb,
} from '../src/index.ts';
import { readGolden, samplesOf, type Samples } from './golden.ts';

interface Case {
  readonly message: string;
  readonly table: Samples;
  readonly read: (value: unknown) => unknown;
}

const inputs = readGolden('request-inputs');
const results = readGolden('request-results');
const payloads = readGolden('events');
const frames = readGolden('frames');

const resultOf = (verb: Verb, value: unknown): unknown => {
  const answer = parseAnswer(verb, { ok: true, result: value });
  return answer.ok ? answer.result : answer;
};

const cases: readonly Case[] = [
  ...verbs.map((verb) => ({
    message: verb,
    table: inputs,
    read: (value: unknown) => parseRequestInput(verb, value),
  })),
  ...verbs.map((verb) => ({
    message: verb,
    table: results,
    read: (value: unknown) => resultOf(verb, value),
  })),
  ...eventNames.map((name) => ({
    message: name,
    table: payloads,
    read: (payload: unknown) => parseEvent({ seq: 1, name, payload }).payload,
  })),
  { message: 'request', table: frames, read: parseRequestFrame },
  { message: 'event', table: frames, read: parseEvent },
  { message: 'refusal', table: frames, read: (value) => parseAnswer('bye', value) },
  { message: 'welcome', table: frames, read: (value) => parse(welcome, value, 'welcome') },
];

const title = ({ message, table }: Case): string =>
  `${message} (${table === results ? 'result' : table === inputs ? 'input' : 'wire'})`;

describe.each(cases.map((one) => [title(one), one] as const))('%s', (_title, one) => {
  const { accepted, rejected } = samplesOf(one.table, one.message);

  test.each(accepted.map((value, index) => [index, value] as const))(
    'takes sample %i as it is',
    (_index, value) => {
      expect(one.read(value)).toEqual(trimmedNames(value));
    },
  );

  test.each(rejected.map(({ why, value }) => [why, value] as const))(
    'refuses %s',
    (_why, value) => {
      expect(() => one.read(value)).toThrow(ProtocolError);
      expect(() => one.read(value)).toThrow(expect.objectContaining({ code: 'bad-message' }));
    },
  );
});

test('no sample is of a message that does not exist', () => {
  expect(Object.keys(inputs).sort()).toEqual([...verbs].sort());
  expect(Object.keys(results).sort()).toEqual([...verbs].sort());
  expect(Object.keys(payloads).sort()).toEqual([...eventNames].sort());
});

/** The one thing that parsing changes. */
function trimmedNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('name' in value)) return value;
  return typeof value.name === 'string' ? { ...value, name: value.name.trim() } : value;
}
