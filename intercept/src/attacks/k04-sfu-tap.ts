import { keyingModes } from '@earshot/keying/mode';
import { recoverAsOpus } from '../recover/audio.ts';
import { recoverFromTap } from '../recover/from-tap.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';
import { ownKeyEvidence } from '../lab/own-key-evidence.ts';
import type { RecordedCall, RecordedPerson } from '../lab/recorded-call.ts';
import { openWithOwnKeys, tapAsPcap, tappedMedia } from '../lab/recorded-media.ts';

export default defineAttack({
  id: 'K4',
  title: 'SFU tap',
  question: 'Can the operator hear a room by listening at its own media server?',
  power: 'sfu',
  cells: keyingModes.map((mode) => ({ mode, topology: 'room' })),
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.serverHears.room === 'always' ? 'falls' : 'resists' }),
  run: async (context) => {
    const call = await context.recordedCall();
    return tapped(call, call.record);
  },
  controls: [
    {
      id: 'without-the-log',
      title: 'the same tap, by somebody who has not the signaling log',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => tapped(await context.recordedCall(), new SignalingRecord('')),
    },
    {
      id: 'senders-own-keys',
      title: 'the same tap, with the keys that the senders drew',
      appliesTo: ({ row }) => row.frameFormat === 'sframe',
      proves: { outcome: 'falls' },
      run: async (context) => withOwnKeys(await context.recordedCall()),
    },
    {
      id: 'other-voice',
      title: 'one person’s stream, searched for the other’s voice',
      appliesTo: ({ row }) => row.frameFormat === 'opus',
      proves: { outcome: 'resists' },
      run: async (context) => otherVoice(await context.recordedCall()),
    },
  ],
});

/** What the operator hears with `record`; and in SFrame modes that nothing went out unsealed. */
async function tapped(call: RecordedCall, record: SignalingRecord): Promise<Evidence> {
  const proofs: Proof[] = [];
  const obtained: Record<string, string | number> = {};
  for (const person of call.people) {
    const media = tappedMedia(call, person);
    const { packets } = media;
    const recovered = await recoverFromTap(media, record);
    proofs.push({
      kind: 'audio',
      what: `what the tap gives of ${person.speaker}`,
      speaker: person.speaker,
      notSpeaker: person.otherSpeaker,
      heard: recovered.pcm,
    });
    if (call.mode !== 'dtls') {
      proofs.push({
        kind: 'count',
        what: `packets of ${person.speaker} that are authentic under a key in the log`,
        found: recovered.authentic,
        of: packets.length,
      });
    }
    if (call.mode === 'e2ee') proofs.push(unsealed(call, person));
    obtained[`packets of ${person.speaker}`] = packets.length;
    obtained[`keys tried on ${person.speaker}`] = recovered.keysTried;
    if (recovered.line !== undefined) obtained[`key of ${person.speaker}`] = recovered.line;
  }
  return {
    tried: `The operator copied every packet at its media server and tried everything in its ${String(record.messages.length)} relayed messages as a key.`,
    proofs,
    obtained,
    artefacts: [
      { name: 'tap.pcap', content: tapAsPcap(call) },
      { name: 'signaling.jsonl', content: record.text },
    ],
  };
}

/** A frame in clear would play for the operator without any key. */
function unsealed(call: RecordedCall, person: RecordedPerson): Proof {
  const { notAuthentic, of } = openWithOwnKeys(tappedMedia(call, person), person);
  return {
    kind: 'count',
    what: `packets of ${person.speaker} that are not authentic SFrame, from the first one on`,
    found: notAuthentic.length,
    of,
  };
}

function withOwnKeys(call: RecordedCall): Promise<Evidence> {
  return ownKeyEvidence({
    tried:
      'The same packets were opened with the keys that the senders drew, read out of their browsers.',
    holder: 'the tap gives',
    streams: call.people.map((person) => ({ person, media: tappedMedia(call, person) })),
  });
}

async function otherVoice(call: RecordedCall): Promise<Evidence> {
  const proofs: Proof[] = [];
  for (const { id, speaker, otherSpeaker } of call.people) {
    const { pcm } = await recoverAsOpus(call.tapped.get(id) ?? []);
    proofs.push({
      kind: 'audio',
      what: `the stream of ${speaker}, searched for ${otherSpeaker}`,
      speaker: otherSpeaker,
      notSpeaker: 'carol',
      heard: pcm,
    });
  }
  return { tried: 'Each stream was searched for the other voice.', proofs };
}
