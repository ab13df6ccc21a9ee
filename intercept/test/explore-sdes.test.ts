/** The shortest trace of the `sdes` model, one relayed line, played to the real session and the real server. */
import { createSdesSession } from '@earshot/keying/session';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { placeCall, startServer } from '../../signaling/test/wire.ts';
import { startActiveRelay } from '../src/operator/active-relay.ts';
import { openWithAnyCryptoLine } from '../src/recover/inner-srtp.ts';

it('gives a server that only reads what it relays the frames of the call', async () => {
  const server = await startServer();
  const relayed: string[] = [];
  const relay = await startActiveRelay({
    upstreamUrl: server.url,
    rewrite: (message) => {
      if (message.kind === 'request' && message.verb === 'offer') relayed.push(message.input.sdp);
      return [message];
    },
  });
  const { members } = await placeCall(relay.url, { mode: 'sdes', keepOpen: true });
  const [alice, bob] = members;
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const [ofAlice, ofBob] = [createSdesSession({ random }), createSdesSession({ random })];
  const sdp = `v=0\r\n${ofAlice.offerLines().join('\r\n')}\r\n`;
  await alice.client.get('offer', { to: bob.self.id, sdp });
  const given = await bob.client.event('offer', ({ payload }) => payload.sdp === sdp);
  const linesOf = (text: string): string[] => text.match(/^a=crypto:.*$/gm) ?? [];
  const answer = ofBob.acceptOffer(alice.self.id, linesOf(given.payload.sdp));
  ofAlice.acceptAnswer(bob.self.id, [answer]);
  const said = random(40);
  const outcome = ofAlice.sealer.seal(said, { rtpTimestamp: 960 });
  if (!outcome.ok) throw new TypeError(outcome.reason);
  const frame = outcome.bytes;
  const opened = openWithAnyCryptoLine([frame], linesOf(relayed.at(-1) ?? ''));
  expect(opened.packets.map(({ payload }) => Buffer.from(payload))).toEqual([Buffer.from(said)]);
  // The control: another call's line opens nothing.
  const other = createSdesSession({ random }).offerLines();
  expect(openWithAnyCryptoLine([frame], other).packets).toEqual([]);
  for (const { client } of members) client.close();
  await relay.close();
  await server.close();
});
