/** Two peer connections of one page, and as many audio streams from one to the other. */
import type { StreamTotals } from '../src/page-contract.ts';
import type { TransformPair } from './transforms/transform-pair.ts';

/**
 * Frames as the product sends them: 20 ms, constant bitrate, no DTX, 80 bytes. 8 kHz, because then
 * encoding takes little of the time of which the transforms' share is to be seen.
 */
const opusParameters =
  'minptime=10;useinbandfec=0;stereo=0;cbr=1;usedtx=0;maxaveragebitrate=32000;maxplaybackrate=8000';

export class Loopback {
  readonly #sending = new RTCPeerConnection();
  readonly #receiving = new RTCPeerConnection();

  /** @returns connected, with every stream's transforms in place. */
  static async open(streams: number, pair: TransformPair): Promise<Loopback> {
    const loopback = new Loopback();
    await loopback.#connect(streams, pair);
    return loopback;
  }

  async #connect(streams: number, { sealing, opening }: TransformPair): Promise<void> {
    const [sending, receiving] = [this.#sending, this.#receiving];
    exchangeCandidates(sending, receiving);
    exchangeCandidates(receiving, sending);
    const track = silence();
    for (let stream = 0; stream < streams; stream++) {
      const { sender } = sending.addTransceiver(track, { direction: 'sendonly' });
      // In the task that created it: later ones are never called.
      sender.transform = sealing(stream);
    }
    await sending.setLocalDescription();
    await receiving.setRemoteDescription(required(sending.localDescription));
    // All in the continuation of setRemoteDescription, for the same reason.
    for (const [stream, { receiver }] of receiving.getTransceivers().entries()) {
      receiver.transform = opening(stream);
    }
    await receiving.setLocalDescription();
    const { type, sdp } = required(receiving.localDescription);
    await sending.setRemoteDescription({ type, sdp: withOpusParameters(sdp) });
  }

  async totals(): Promise<StreamTotals> {
    let [sent, sentPayloadBytes, received] = [0, 0, 0];
    for (const one of await statisticsOf<RTCOutboundRtpStreamStats>(
      this.#sending,
      'outbound-rtp',
    )) {
      sent += one.packetsSent ?? 0;
      sentPayloadBytes += one.bytesSent ?? 0;
    }
    for (const one of await statisticsOf<RTCInboundRtpStreamStats>(
      this.#receiving,
      'inbound-rtp',
    )) {
      received += one.packetsReceived ?? 0;
    }
    return { sent, sentPayloadBytes, received };
  }
}

/** The cheapest track that there is; frames are as long as of speech all the same. */
function silence(): MediaStreamTrack {
  const context = new AudioContext({ sampleRate: 48_000 });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const source = new ConstantSourceNode(context, { offset: 0 });
  source.connect(destination);
  source.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('no audio');
  return track;
}

/** What the answer says of Opus, the other side's encoder does. */
function withOpusParameters(sdp: string): string {
  const changed = sdp.replaceAll(/^a=fmtp:(\d+) minptime=.*$/gm, `a=fmtp:$1 ${opusParameters}`);
  if (changed === sdp) throw new Error('no Opus in the answer');
  return changed;
}

function exchangeCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.addEventListener('icecandidate', ({ candidate }) => {
    void to.addIceCandidate(candidate);
  });
}

function required(description: RTCSessionDescription | null): RTCSessionDescription {
  if (description === null) throw new Error('no description');
  return description;
}

async function statisticsOf<T extends RTCStats>(
  connection: RTCPeerConnection,
  type: T['type'],
): Promise<T[]> {
  const found: T[] = [];
  // What the report holds is untyped; `type` says which dictionary it is.
  (await connection.getStats()).forEach((one: T) => {
    if (one.type === type) found.push(one);
  });
  return found;
}
