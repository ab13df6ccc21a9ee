import { candidateKeys } from '../recover/candidate-keys.ts';
import { recoverFromTap } from '../recover/from-tap.ts';
import { openWithCryptoLine } from '../recover/inner-srtp.ts';
import { trySrtpKeys } from '../recover/srtp-trial.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';
import type { RecordedCall } from '../lab/recorded-call.ts';
import { openWithOwnKeys, tapAsPcap, tappedMedia } from '../lab/recorded-media.ts';
import { wireEvidence } from '../lab/wire-evidence.ts';

export default defineAttack({
  id: 'K2',
  title: 'Retroactive decryption',
  question:
    'Does a call that was captured today open with what the server can be made to give up tomorrow?',
  power: 'signaling-log',
  cells: [
    { mode: 'sdes', topology: 'room' },
    { mode: 'dtls', topology: 'direct' },
    { mode: 'dtls', topology: 'room' },
    { mode: 'e2ee', topology: 'direct' },
    { mode: 'e2ee', topology: 'room' },
  ],
  quick: 'none',
  claim: ({ row, topology }) => ({ outcome: row.forwardSecrecy[topology] ? 'resists' : 'falls' }),
  run: async (context) => {
    const call = await context.recordedCall();
    return opened(call, call.record);
  },
  controls: [
    {
      id: 'keys-not-retained',
      title: 'a server that did not write the keys down has nothing to give up',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => {
        const call = await context.recordCallOn({ env: { EARSHOT_RETAIN_KEYS: 'off' } });
        return opened(call, call.record);
      },
    },
    {
      id: 'planted-srtp-key',
      title: 'the same search, over a capture whose key is among what was given up',
      appliesTo: ({ row }) => row.keysHeldBy === 'hop',
      proves: { outcome: 'falls' },
      run: async (context) =>
        planted(await context.recordedCall({ mode: 'sdes', topology: 'room' })),
    },
    {
      id: 'planted-frame-key',
      title: 'the same search, where the senders’ keys were given up too',
      appliesTo: ({ row, topology }) => row.keysHeldBy === 'endpoints' && topology === 'room',
      proves: { outcome: 'falls' },
      run: async (context) => withSendersKeys(await context.recordedCall()),
    },
    {
      id: 'planted-in-wire',
      title: 'the same search of the wire, over a capture whose key is among what was given up',
      appliesTo: ({ row, topology }) => row.keysHeldBy === 'endpoints' && topology === 'direct',
      proves: { outcome: 'falls' },
      run: async (context) =>
        planted(await context.recordedCall({ mode: 'sdes', topology: 'room' })),
    },
  ],
});

async function opened(call: RecordedCall, givenUp: SignalingRecord): Promise<Evidence> {
  // What an access provider has: SRTP between browser and browser, or browser and server.
  const wire = await wireEvidence(call, givenUp);
  // In `dtls` the media server holds the call in clear while it lasts: that is K4. Afterwards it holds nothing.
  const kept = call.mode === 'dtls' ? [] : await searchTap(call, givenUp);
  return {
    tried: `After the call, everything in the ${String(givenUp.messages.length)} messages that the server had kept was tried as a key on what had been captured.`,
    proofs: [...wire.proofs, ...kept],
    obtained: wire.obtained,
    artefacts: [
      ...wire.artefacts,
      ...(call.tapped.size === 0 ? [] : [{ name: 'tap.pcap', content: tapAsPcap(call) }]),
    ],
  };
}

/** What a media server that keeps all that it forwards has. */
async function searchTap(call: RecordedCall, givenUp: SignalingRecord): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const person of call.people) {
    const media = tappedMedia(call, person);
    if (media.packets.length === 0) continue;
    const { authentic, pcm } = await recoverFromTap(media, givenUp);
    const { speaker, otherSpeaker } = person;
    proofs.push(
      {
        kind: 'count',
        what: `kept packets of ${speaker} authentic under a key given up`,
        found: authentic,
        of: media.packets.length,
      },
      {
        kind: 'audio',
        what: `what was kept of ${speaker}`,
        speaker,
        notSpeaker: otherSpeaker,
        heard: pcm,
      },
    );
  }
  return proofs;
}

/** Real packets under a real key, and the key given up as bare bytes: the search has to find it. */
async function planted(call: RecordedCall): Promise<Evidence> {
  const packets = call.people.flatMap((person) =>
    tappedMedia(call, person).packets.map(({ payload }) => payload),
  );
  const text = call.record.text.replaceAll('a=crypto', 'a=something');
  const { line, tried } = await trySrtpKeys({
    packets: packets.slice(0, 1),
    candidates: candidateKeys(new SignalingRecord(text).messages),
  });
  const found = line === undefined ? 0 : openWithCryptoLine(packets, line).packets.length;
  return {
    tried:
      'The same search was made over SRTP whose key was among what was given up, as bare bytes.',
    proofs: [
      { kind: 'count', what: 'packets authentic under a key given up', found, of: packets.length },
    ],
    obtained: { 'keys tried': tried },
  };
}

async function withSendersKeys(call: RecordedCall): Promise<Evidence> {
  const keys = call.people.flatMap(
    (person) => openWithOwnKeys(tappedMedia(call, person), person).keysUsed,
  );
  const leak = {
    at: new Date(0).toISOString(),
    from: 'nobody',
    to: null,
    verb: 'envelope',
    payload: { leaked: keys.map((key) => Buffer.from(key).toString('base64')) },
  };
  const givenUp = new SignalingRecord(`${call.record.text.trimEnd()}\n${JSON.stringify(leak)}\n`);
  return {
    tried: 'The same search was made after the senders’ keys had been added to what was given up.',
    proofs: await searchTap(call, givenUp),
  };
}
