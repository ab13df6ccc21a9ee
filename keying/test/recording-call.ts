/** A call of two whose every random value is kept, and whoever has the recording and some of those values. */
import { x25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { Call } from './members.ts';
import type { Member, Relayed } from './members.ts';
import { expectHears, seal } from './hearing.ts';
import { referenceKey } from './reference/handshake-keys.ts';
import { Secret } from '../src/secret.ts';
import { EnvelopeChannel } from '../src/session/sealed-envelope.ts';
import { defaultFrameSuite, frameMetadata, ReceiverKeyring } from '../src/sframe/index.ts';

const callId = 'call';
/** docs/keying/handshake.md: where the values lie in the flights. */
const headBytes = 4;
const kemCipherTextBytes = 1088;
const kemKeyBytes = 1184;
const x25519Bytes = 32;
const nonceBytes = 32;

export interface Recording {
  readonly initiator: Member;
  readonly responder: Member;
  readonly envelopes: readonly Relayed[];
  readonly frames: readonly { readonly sender: string; readonly bytes: Uint8Array }[];
  /** Copies of all that the random source gave, in order. */
  readonly drawn: readonly Uint8Array[];
  readonly linkSecret: Uint8Array;
}

/** Two people agree, speak, and change keys once. */
export async function recordCall(): Promise<Recording> {
  const drawn: Uint8Array[] = [];
  const call = new Call({
    seed: 7,
    onRandom: (bytes) => void drawn.push(bytes.slice()),
  });
  const responder = call.join('bob');
  const initiator = call.join('alice');
  await call.settle();
  expectHears(responder, initiator);
  call.scheduler.advance(10 * 60 * 1000);
  expectHears(responder, initiator);
  const frames = [initiator, responder].flatMap((speaker) =>
    [1, 2, 3].map(() => ({ sender: speaker.id, bytes: seal(speaker) })),
  );
  const { relayed: envelopes, linkSecret } = call;
  return { initiator, responder, envelopes, frames, drawn, linkSecret };
}

export interface AttackerKnowledge {
  /** 32 bytes each, any number: all are tried. */
  readonly x25519Secrets: readonly Uint8Array[];
  readonly kemSecretKey: Uint8Array | undefined;
  readonly linkSecret: Uint8Array | undefined;
}

/** Frames of the recording that open with what the attacker knows. */
export async function framesOpened(
  recording: Recording,
  knowledge: AttackerKnowledge,
): Promise<number> {
  const flights = recording.envelopes
    .filter(({ kind }) => kind === 'handshake')
    .map(({ data }) => data);
  const [commit, dhPartResponder, finalFlight] = flights;
  if (commit === undefined || dhPartResponder === undefined || finalFlight === undefined) {
    throw new Error('no handshake was recorded');
  }
  const dhPartInitiator = finalFlight.slice(0, messageBytes(finalFlight));
  const kemAt = dhPartInitiator.length;
  const kem = finalFlight.slice(kemAt, kemAt + headBytes + kemCipherTextBytes);
  const responderValue = dhPartResponder.slice(
    -(x25519Bytes + nonceBytes + kemKeyBytes),
    -(nonceBytes + kemKeyBytes),
  );
  const initiatorValue = dhPartInitiator.slice(-(x25519Bytes + nonceBytes), -nonceBytes);
  const kemSecret =
    knowledge.kemSecretKey === undefined
      ? new Uint8Array(32)
      : ml_kem768.decapsulate(kem.slice(headBytes), knowledge.kemSecretKey);
  const results: number[] = [];
  for (const secretKey of knowledge.x25519Secrets) {
    for (const publicValue of [initiatorValue, responderValue]) {
      const input = {
        ...{ mode: 'e2ee', callId, initiatorId: 'alice', responderId: 'bob' },
        ...{ commit, dhPartResponder, dhPartInitiator, kem, kemSecret },
        x25519: x25519.getSharedSecret(secretKey, publicValue),
        linkSecret: knowledge.linkSecret ?? new Uint8Array(32),
      };
      const [toResponder, toInitiator] = await Promise.all([
        referenceKey(input, 'earshot 1 wrap initiator to responder'),
        referenceKey(input, 'earshot 1 wrap responder to initiator'),
      ]);
      results.push(framesUnder(recording, { toResponder, toInitiator }));
    }
  }
  return Math.max(0, ...results);
}

interface WrapKeys {
  readonly toResponder: Uint8Array;
  readonly toInitiator: Uint8Array;
}

function framesUnder(
  { envelopes, frames }: Recording,
  { toResponder, toInitiator }: WrapKeys,
): number {
  return ['alice', 'bob'].reduce((opened, sender) => {
    const receiver = sender === 'alice' ? 'bob' : 'alice';
    const channel = new EnvelopeChannel({
      ...{ callId, selfId: receiver, peerId: sender },
      wrapSend: Secret.copy(sender === 'alice' ? toInitiator : toResponder),
      wrapReceive: Secret.copy(sender === 'alice' ? toResponder : toInitiator),
    });
    const metadata = frameMetadata({ callId, senderId: sender, mode: 'e2ee' });
    const keyring = new ReceiverKeyring({ suite: defaultFrameSuite, metadata });
    for (const { from, kind, data } of envelopes) {
      if (from !== sender || kind !== 'sender-key') continue;
      try {
        const envelope = channel.open(data);
        if (envelope.kind === 'key') keyring.install(envelope.id, envelope.baseKey);
      } catch {
        // Not under these keys.
      }
    }
    const mine = frames.filter((frame) => frame.sender === sender);
    return opened + mine.filter(({ bytes }) => keyring.open(bytes).ok).length;
  }, 0);
}

/** Of the first message in a flight: version, type, 2-byte length of the body. */
function messageBytes(flight: Uint8Array): number {
  return headBytes + (flight[2] ?? 0) * 256 + (flight[3] ?? 0);
}
