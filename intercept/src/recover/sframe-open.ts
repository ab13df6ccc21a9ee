/** Opens tapped SFrame (RFC 9605) with base keys that may be the sender's: what a key found would be worth. */
import { Secret } from '@earshot/keying/secret';
import {
  decodeKeyId,
  defaultFrameSuite,
  frameMetadata,
  parseHeader,
  ReceiverKeyring,
  type FrameOrigin,
} from '@earshot/keying/sframe';
import type { RtpPacket } from '../dissect/rtp.ts';

export interface OpenSframeOptions {
  /** In the order sent. */
  readonly packets: readonly RtpPacket[];
  readonly origin: FrameOrigin;
  /** 32 bytes each. */
  readonly baseKeys: readonly Uint8Array[];
}

export interface OpenedSframe {
  /** With the frame's plaintext as payload. */
  readonly packets: readonly RtpPacket[];
  /** Base keys under which frames opened, one per generation. */
  readonly keysUsed: readonly Uint8Array[];
  /** Places, from 0, of the packets that are not authentic under any key given. */
  readonly notAuthentic: readonly number[];
}

/** Each generation is opened with the one key under which its first frame is authentic. */
export function openSframe({ packets, origin, baseKeys }: OpenSframeOptions): OpenedSframe {
  const keyring = new ReceiverKeyring({
    suite: defaultFrameSuite,
    metadata: frameMetadata(origin),
  });
  const generations = new Set<number>();
  const opened: RtpPacket[] = [];
  const notAuthentic: number[] = [];
  const keysUsed: Uint8Array[] = [];
  packets.forEach((packet, place) => {
    const header = parseHeader(packet.payload);
    const id = header === undefined ? undefined : decodeKeyId(header.kid);
    if (id !== undefined && !generations.has(id.generation)) {
      generations.add(id.generation);
      const key = keyOf(packet.payload, { origin, baseKeys, generation: id.generation });
      if (key !== undefined) {
        keyring.install({ generation: id.generation, step: 0 }, Secret.copy(key));
        keysUsed.push(key);
      }
    }
    const outcome = keyring.open(packet.payload);
    if (outcome.ok) opened.push({ ...packet, payload: outcome.bytes });
    else notAuthentic.push(place);
  });
  return { packets: opened, keysUsed, notAuthentic };
}

function keyOf(
  frame: Uint8Array,
  options: Pick<OpenSframeOptions, 'origin' | 'baseKeys'> & { readonly generation: number },
): Uint8Array | undefined {
  const metadata = frameMetadata(options.origin);
  return options.baseKeys.find((key) => {
    const keyring = new ReceiverKeyring({ suite: defaultFrameSuite, metadata });
    const { generation } = options;
    return keyring.install({ generation, step: 0 }, Secret.copy(key)) && keyring.open(frame).ok;
  });
}
