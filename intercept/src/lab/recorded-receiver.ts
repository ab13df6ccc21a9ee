/**
 * Somebody who received a recorded person's frames, with the same keys and nothing opened yet: the product's
 * own openers, so that frames can be given to them in another order, changed, or twice.
 */
import { randomBytes } from 'node:crypto';
import type { FrameOpener } from '@earshot/keying/frame-transform';
import { Secret } from '@earshot/keying/secret';
import { createSdesSession } from '@earshot/keying/session';
import {
  decodeKeyId,
  defaultFrameSuite,
  frameMetadata,
  parseHeader,
  ReceiverKeyring,
  type FrameOrigin,
} from '@earshot/keying/sframe';
import { LabError } from './lab-error.ts';
import type { RecordedCall, RecordedPerson } from './recorded-call.ts';
import { openWithOwnKeys, tappedMedia } from './recorded-media.ts';

export interface RecordedSender {
  /** As the media server forwarded them: those under the sender's first key, in the order sent. */
  readonly frames: readonly Uint8Array[];
  /** Their RTP timestamps. */
  readonly timestamps: readonly number[];
  /** `e2ee`: the base key that the frames are sealed from, and what they are bound to. */
  readonly sframe:
    | { readonly generation: number; readonly baseKey: Uint8Array; readonly origin: FrameOrigin }
    | undefined;
  /** A receiver as at the beginning of the call. */
  readonly receiver: () => FrameOpener;
}

/** @throws LabError `no-call` for a person without tapped frames or keys; `dtls` has neither. */
export function recordedSender(call: RecordedCall, person: RecordedPerson): RecordedSender {
  const media = tappedMedia(call, person);
  if (call.mode === 'sdes') {
    const line = call.record.keys().find(({ from }) => from === person.id)?.line;
    if (line === undefined) throw new LabError('no-call', `${person.speaker} announced no key`);
    return {
      frames: media.packets.map(({ payload }) => payload),
      timestamps: media.packets.map(({ header }) => header.timestamp),
      sframe: undefined,
      receiver: () => {
        const session = createSdesSession({
          random: (length) => new Uint8Array(randomBytes(length)),
        });
        session.acceptAnnouncement(person.id, line);
        return session.openerFor(person.id);
      },
    };
  }
  const [baseKey] = openWithOwnKeys(media, person).keysUsed;
  const generation = generationOf(media.packets[0]?.payload);
  if (baseKey === undefined || generation === undefined) {
    throw new LabError('no-call', `${person.speaker} sealed nothing`);
  }
  const packets = media.packets.filter(({ payload }) => generationOf(payload) === generation);
  const origin = { callId: call.callId, senderId: person.id, mode: call.mode };
  return {
    frames: packets.map(({ payload }) => payload),
    timestamps: packets.map(({ header }) => header.timestamp),
    sframe: { generation, baseKey, origin },
    receiver: () => {
      const metadata = frameMetadata(origin);
      const keyring = new ReceiverKeyring({ suite: defaultFrameSuite, metadata });
      keyring.install({ generation, step: 0 }, Secret.copy(baseKey));
      return keyring;
    },
  };
}

function generationOf(frame: Uint8Array | undefined): number | undefined {
  const header = frame === undefined ? undefined : parseHeader(frame);
  return header === undefined ? undefined : decodeKeyId(header.kid)?.generation;
}
