/** A transport of the media server as the answer to an endpoint's offer: the server has no SDP of its own. */
import type { DtlsParameters, TransportOptions } from '@earshot/protocol';
import type { WebRtcEndpoint } from './webrtc-endpoint.ts';

export interface ConnectTransportOptions {
  readonly transport: TransportOptions;
  /** What the server does with the stream. */
  readonly serverDirection: 'receives' | 'sends';
  /** Tells the server of the endpoint's certificate: `connectTransport`. */
  readonly connect: (dtlsParameters: DtlsParameters) => Promise<unknown>;
}

/**
 * Resolves when packets can pass.
 * @throws Error when they cannot; what `connect` throws
 */
export async function connectTransport(
  endpoint: WebRtcEndpoint,
  options: ConnectTransportOptions,
): Promise<void> {
  const offer = await endpoint.createOffer();
  const value = /^a=fingerprint:sha-256 (\S+)/im.exec(offer)?.[1];
  if (value === undefined) throw new Error('the offer has no fingerprint');
  await options.connect({ role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] });
  endpoint.acceptAnswer(describeTransport(options, endpoint.payloadType));
  await endpoint.opened;
}

/** UDP only; the server is ICE-lite and the DTLS server. */
function describeTransport(
  { transport, serverDirection }: ConnectTransportOptions,
  payloadType: number,
): string {
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (fingerprint === undefined) throw new Error('the transport has no SHA-256 fingerprint');
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=ice-lite',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=rtcp-mux',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    'a=setup:passive',
    ...iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port }) =>
          `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      ),
    serverDirection === 'receives' ? 'a=recvonly' : 'a=sendonly',
    `a=rtpmap:${payloadType} opus/48000/2`,
    '',
  ].join('\r\n');
}
