import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeDhPart,
  encodeMessage,
  parseCommit,
  parseConfirm,
  parseDhPart,
  parseFlight,
  parseKem,
} from '../../src/handshake/messages.ts';
import type { MessageType } from '../../src/handshake/messages.ts';
import { sasEmoji } from '../../src/handshake/sas-emoji.ts';
import { sasWords } from '../../src/handshake/sas-words.ts';
import { KeyingError } from '../../src/errors.ts';
import { finalTypes } from '../handshakes.ts';

describe('the parsers', () => {
  const types: MessageType[] = ['commit', 'dh-part-responder', ...finalTypes, 'confirm-responder'];

  it('throw nothing but KeyingError, whatever arrives', () => {
    const parsers = [parseCommit, parseDhPart, parseKem, parseConfirm];
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1500 }),
        fc.constantFrom(...types),
        fc.constantFrom(...parsers),
        fc.boolean(),
        (bytes, type, parse, isFramed) => {
          try {
            const [message] = parseFlight(isFramed ? encodeMessage(type, bytes) : bytes, [type]);
            parse(message);
          } catch (error) {
            expect(error).toBeInstanceOf(KeyingError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('give back every DHPart', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '_', '-'), maxLength: 40 });
    const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        fc.record({
          suiteId: fc.nat(0xffff),
          mode: text,
          callId: text,
          participantId: text,
          identity: bytes(32),
          ephemeral: bytes(32),
          nonce: bytes(32),
        }),
        fc.option(bytes(1184), { nil: undefined }),
        (fields, kemKey) => {
          const role = kemKey === undefined ? ('initiator' as const) : ('responder' as const);
          const part = { ...fields, role, kemKey };
          const [message] = parseFlight(encodeDhPart(part), [`dh-part-${role}`]);
          expect(parseDhPart(message)).toEqual(part);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the lists of the short authentication string', () => {
  it('have 64 emoji and 256 words, all different', () => {
    expect(new Set(sasEmoji.map(({ symbol }) => symbol)).size).toBe(64);
    expect(new Set(sasEmoji.map(({ name }) => name)).size).toBe(64);
    expect(new Set(sasWords).size).toBe(256);
    expect(sasWords).toHaveLength(256);
    for (const word of sasWords) expect(word).toMatch(/^[a-z]{3,8}$/);
  });
});
