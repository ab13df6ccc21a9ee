/**
 * Two endpoints of the load, connected to each other without a server, at the same time and with the same
 * library: what they lose and how long they take is the load's own doing.
 */
import { readRtp } from '@earshot/peer/rtp-packet';
import { WebRtcEndpoint, type EndpointCandidate } from '@earshot/peer/webrtc-endpoint';
import { spokenStream } from '../servers/spoken-stream.ts';
import { FrameLedger } from './frame-ledger.ts';
import type { NextFrame } from './sealed-speech.ts';

export interface DirectPair {
  readonly ledger: FrameLedger;
  /** @returns whether the frame counts. */
  send(): boolean;
  close(): Promise<void>;
}

export async function connectDirectPair(nextFrame: NextFrame): Promise<DirectPair> {
  const ledger = new FrameLedger();
  const early: EndpointCandidate[] = [];
  let deliver = (candidate: EndpointCandidate): void => void early.push(candidate);
  const sender = new WebRtcEndpoint({
    direction: 'send',
    onCandidate: (candidate) => deliver(candidate),
  });
  const receiver = new WebRtcEndpoint({
    direction: 'receive',
    onRtp: (packet) => {
      const rtp = readRtp(packet);
      if (rtp !== undefined) ledger.arrived(rtp.payload, 0);
    },
    onCandidate: (candidate) => sender.addCandidate(candidate),
  });
  const answer = await receiver.acceptOffer(await sender.createOffer());
  // Before it had the offer, the receiver would not have known what to do with them.
  deliver = (candidate) => receiver.addCandidate(candidate);
  early.forEach(deliver);
  sender.acceptAnswer(answer);
  await Promise.all([sender.opened, receiver.opened]);
  const stream = spokenStream(sender);
  return {
    ledger,
    send: () => {
      const payload = nextFrame();
      const counts = ledger.sending(payload);
      stream.send(payload);
      return counts;
    },
    close: async () => {
      await Promise.all([sender.close(), receiver.close()]);
    },
  };
}
