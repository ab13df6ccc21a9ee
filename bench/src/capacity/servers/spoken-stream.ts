import { RtpStream } from '@earshot/peer/rtp-stream';
import type { WebRtcEndpoint } from '@earshot/peer/webrtc-endpoint';
import type { SpokenStream } from './forwarding-server.ts';

/** Numbers the frames of an open connection, 20 ms each. */
export function spokenStream(endpoint: WebRtcEndpoint): SpokenStream {
  const { ssrc, payloadType } = endpoint;
  const stream = new RtpStream({ ssrc, payloadType });
  let frameIndex = 0;
  return { send: (payload) => endpoint.send(stream.packet(frameIndex++, payload)) };
}
