/** Two connections of libdatachannel's in one process, over loopback. */
import { afterEach, expect, test, vi } from 'vitest';
import { WebRtcEndpoint, type EndpointCandidate } from '../src/webrtc/webrtc-endpoint.ts';

const toClose: WebRtcEndpoint[] = [];
afterEach(async () => {
  await Promise.all(toClose.splice(0).map((endpoint) => endpoint.close()));
});

function createEndpoint() {
  const candidates: EndpointCandidate[] = [];
  const endpoint = new WebRtcEndpoint({
    direction: 'both',
    onCandidate: (candidate) => candidates.push(candidate),
  });
  toClose.push(endpoint);
  return { endpoint, candidates };
}

test('who offers can be reached once the answer is in, and not before', async () => {
  const alice = createEndpoint();
  const bob = createEndpoint();
  const answer = await bob.endpoint.acceptOffer(await alice.endpoint.createOffer());
  // Both began to gather at once, so that hers would be here by now.
  await vi.waitFor(() => expect(bob.candidates).not.toEqual([]), { timeout: 120_000 });
  expect(alice.candidates).toEqual([]);
  alice.endpoint.acceptAnswer(answer);
  expect(alice.candidates).not.toEqual([]);
  for (const candidate of alice.candidates) bob.endpoint.addCandidate(candidate);
  for (const candidate of bob.candidates) alice.endpoint.addCandidate(candidate);
  await Promise.all([alice.endpoint.opened, bob.endpoint.opened]);
});
