import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { addressOf, isAllowedOrigin } from './origins.ts';

test.each([
  ['own', { host: 'a.example', origin: 'https://a.example' }, true],
  ['listed', { host: 'a.example', origin: 'https://b.example' }, true],
  ['own name, other port', { host: 'a.example:1', origin: 'https://a.example:2' }, false],
  ['own name as a part', { host: 'a.example', origin: 'https://a.example.evil.example' }, false],
  ['opaque', { host: 'null', origin: 'null' }, false],
  ['none, from a program', { host: 'a.example' }, true],
  ['none, same site says the browser', { host: 'a.example', 'sec-fetch-site': 'same-site' }, false],
  ['none, same origin', { host: 'a.example', 'sec-fetch-site': 'same-origin' }, true],
])('origin: %s', (_what, headers, allowed) => {
  expect(isAllowedOrigin({ headers }, ['https://b.example'])).toBe(allowed);
});

test.each([
  ['forged, 203.0.113.9', 0, ''],
  ['forged, 203.0.113.9', 1, '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9', 2, '198.51.100.1'],
  ['203.0.113.9', 5, '203.0.113.9'],
  [undefined, 1, ''],
])('X-Forwarded-For %s behind %i proxies', (forwarded, hops, address) => {
  const request = new IncomingMessage(new Socket());
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  expect(addressOf(request, hops)).toBe(address);
});
