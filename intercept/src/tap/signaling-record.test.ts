import { describe, expect, it } from 'vitest';
import { TapError } from './operator-listener.ts';
import { SignalingRecord, stringsIn } from './signaling-record.ts';

const line = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
const at = '2026-01-01T00:00:00.000Z';

describe('SignalingRecord', () => {
  it('lists keys from descriptions and from producers, fingerprints and whose producer is whose', () => {
    const sdp = `v=0\r\na=fingerprint:sha-256 AB:CD\r\nm=audio 9 RTP/SAVP 111\r\n${line}\r\na=rtcp-mux\r\n`;
    const record = new SignalingRecord(
      [
        { at, from: 'alice', to: 'bob', verb: 'offer', payload: { sdp } },
        { at, from: 'bob', to: null, verb: 'produce', payload: { producerId: 'p', crypto: line } },
      ]
        .map((message) => `${JSON.stringify(message)}\n`)
        .join(''),
    );
    expect(record.keys()).toEqual([
      { from: 'alice', line },
      { from: 'bob', line },
    ]);
    expect(record.fingerprints()).toEqual(['a=fingerprint:sha-256 AB:CD']);
    expect([...record.producers()]).toEqual([['p', 'bob']]);
  });

  it('refuses lines that are not messages', () => {
    for (const text of [
      '{',
      '[]',
      '{"from":"a"}',
      '{"at":"","from":"","to":1,"verb":"","payload":{}}',
    ]) {
      expect(() => new SignalingRecord(text)).toThrow(TapError);
    }
  });
});

describe('stringsIn', () => {
  it('finds strings at any depth', () => {
    expect(stringsIn({ a: ['x', { b: 'y' }], c: 1, d: null })).toEqual(['x', 'y']);
  });
});
