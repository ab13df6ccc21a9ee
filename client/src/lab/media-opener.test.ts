import { findSuite, parseCryptoLine } from '@earshot/keying/sdes';
import { createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import { expect, test } from 'vitest';
import { MediaOpener } from './media-opener.ts';

const line = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const otherLine =
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
const opus = Uint8Array.of(0x78, 1, 2, 3);

function rtp(payload: Uint8Array, timestamp: number): Uint8Array {
  return serializeRtpPacket({ payloadType: 111, sequenceNumber: 7, timestamp, ssrc: 9, payload });
}

/** A frame as a client of an `sdes` call sends it, when its counter has rolled over `roc` times. */
function sealed(roc: number): Uint8Array {
  const attribute = parseCryptoLine(line);
  const suite = findSuite(attribute.suite);
  const [key] = attribute.keys;
  if (suite === undefined || key === undefined) throw new Error('not a line of ours');
  const sender = createSrtpSender({ suite, key, initialRoc: roc });
  const outcome = sender.protect(rtp(opus, 960));
  if (!outcome.ok) throw new Error(outcome.reason);
  return rtp(outcome.bytes, 55);
}

test('dtls: the payload is the frame; without its padding', () => {
  const opener = new MediaOpener('dtls');
  expect(opener.open(rtp(opus, 960))?.opened).toMatchObject({ timestamp: 960, payload: opus });
  const padded = Uint8Array.from([...rtp(opus, 960), 0, 0, 3]);
  padded[0] = 0xa0;
  expect(opener.open(padded)?.opened?.payload).toEqual(opus);
});

test.each([0, 3])('sdes: opens with the line relayed, also late (roll-over %i)', (roc) => {
  const opener = new MediaOpener('sdes');
  opener.addCryptoLine(otherLine);
  opener.addCryptoLine(line);
  expect(opener.open(sealed(roc))?.opened).toMatchObject({ timestamp: 960, payload: opus });
});

test('sdes: opens nothing without the key', () => {
  const opener = new MediaOpener('sdes');
  opener.addCryptoLine(otherLine);
  opener.addCryptoLine('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[not retained]');
  expect(opener.open(sealed(0))).toMatchObject({ opened: undefined });
  const closed = new MediaOpener('sdes');
  closed.addCryptoLine(line);
  closed.close();
  expect(closed.open(sealed(0))).toMatchObject({ opened: undefined });
});

test('e2ee: opens nothing, whatever it is', () => {
  const opener = new MediaOpener('e2ee');
  opener.addCryptoLine(line);
  expect(opener.open(sealed(0))).toMatchObject({ opened: undefined });
  expect(opener.open(Uint8Array.of(1, 2, 3))).toBeUndefined();
});
