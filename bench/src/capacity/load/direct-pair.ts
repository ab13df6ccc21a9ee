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
  const ofSender = new HeldCandidates();
  const ofReceiver = new HeldCandidates();
  const sender = new WebRtcEndpoint({
    direction: 'send',
    onCandidate: (candidate) => {
      ofSender.take(candidate);
    },
  });
  const receiver = new WebRtcEndpoint({
    direction: 'receive',
    onRtp: (packet) => {
      const rtp = readRtp(packet);
      if (rtp !== undefined) ledger.arrived(rtp.payload, 0);
    },
    onCandidate: (candidate) => {
      ofReceiver.take(candidate);
    },
  });
  sender.acceptAnswer(await receiver.acceptOffer(await sender.createOffer()));
  ofSender.giveTo(receiver);
  ofReceiver.giveTo(sender);
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

/**
 * Candidates for the time in which the other side lacks a description: an endpoint ignores them then, and the
 * checks of one that has them already, so that connecting would take a second of repeats or fail.
 */
class HeldCandidates {
  readonly #held: EndpointCandidate[] = [];
  #receiver: WebRtcEndpoint | undefined;

  take(candidate: EndpointCandidate): void {
    if (this.#receiver === undefined) this.#held.push(candidate);
    else this.#receiver.addCandidate(candidate);
  }

  giveTo(receiver: WebRtcEndpoint): void {
    this.#receiver = receiver;
    for (const candidate of this.#held) receiver.addCandidate(candidate);
  }
}
