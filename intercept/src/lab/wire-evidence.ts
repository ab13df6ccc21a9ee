/** What a capture of a call's media comes to with what its operator kept. */
import { writePcap, type Datagram } from '../dissect/pcap.ts';
import { recoverFromWire, type RecoveredStream } from '../recover/from-wire.ts';
import { hasFfmpeg, openWithFfmpeg } from '../stage/ffmpeg-srtp.ts';
import type { Speaker } from '../stage/speech.ts';
import type { SignalingRecord } from '../tap/signaling-record.ts';
import type { Artefact, AudioProof, Evidence, Proof } from './evidence.ts';

export interface CapturedPerson {
  readonly id: string;
  readonly speaker: Speaker;
  readonly otherSpeaker: Speaker;
}

export interface CapturedCall {
  readonly people: readonly CapturedPerson[];
  readonly wire: readonly Datagram[];
}

type WireEvidence = Required<Pick<Evidence, 'proofs' | 'obtained' | 'artefacts'>>;

/** Several cells and controls look at one capture with one record: it is searched, and given to ffmpeg, once. */
const found = new WeakMap<CapturedCall, Map<SignalingRecord, Promise<WireEvidence>>>();

/** The search for keys, and what it opened. */
export function wireEvidence(call: CapturedCall, record: SignalingRecord): Promise<WireEvidence> {
  const ofCall = found.get(call) ?? new Map<SignalingRecord, Promise<WireEvidence>>();
  found.set(call, ofCall);
  const known = ofCall.get(record) ?? search(call, record);
  ofCall.set(record, known);
  return known;
}

async function search(
  { people, wire }: CapturedCall,
  record: SignalingRecord,
): Promise<WireEvidence> {
  const { streams, lines, keysTried } = await recoverFromWire(wire, record);
  const proofs: Proof[] = [
    {
      kind: 'count',
      what: 'SRTP packets on the wire that are authentic under a key in the log',
      found: sumOf(streams, ({ authentic }) => authentic),
      of: sumOf(streams, ({ stream }) => stream.packets.length),
    },
  ];
  const obtained: Record<string, string | number> = {
    'datagrams captured': wire.length,
    'a=crypto lines with a key in the log': lines,
    'other values of a key’s size tried': keysTried,
  };
  for (const recovered of streams) {
    const name = `stream ${recovered.stream.ssrc.toString(16)}`;
    const sender = people.find(({ id }) => id === recovered.senderId);
    const heard = recovered.pcm;
    for (const person of sender === undefined ? people : [sender]) {
      proofs.push(searchedFor(person, { what: `${name}, searched for ${person.speaker}`, heard }));
    }
    obtained[`packets of ${name}`] = recovered.stream.packets.length;
    if (sender === undefined || recovered.line === undefined) continue;
    obtained[`key of ${sender.speaker}`] = recovered.line;
    if (!hasFfmpeg) obtained['ffmpeg'] = 'not installed: what it hears was not tried';
    else proofs.push(await heardByFfmpeg(sender, recovered));
  }
  return {
    proofs,
    obtained,
    artefacts: [
      { name: 'wire.pcap', content: writePcap(wire) },
      { name: 'signaling.jsonl', content: record.text },
      ...descriptionsOf(record),
    ],
  };
}

function searchedFor(
  { speaker, otherSpeaker }: CapturedPerson,
  { what, heard }: Pick<AudioProof, 'what' | 'heard'>,
): AudioProof {
  return { kind: 'audio', what, speaker, notSpeaker: otherSpeaker, heard };
}

/** A program that is not ours, with the same packets and the same line. */
async function heardByFfmpeg(
  person: CapturedPerson,
  { stream, line = '', pcm }: RecoveredStream,
): Promise<Proof> {
  const heard = await openWithFfmpeg({
    pcap: writePcap(stream.datagrams),
    cryptoLine: line,
    payloadType: stream.packets[0]?.header.payloadType ?? 0,
    seconds: Math.floor(pcm.samples.length / pcm.sampleRateHz),
  });
  return searchedFor(person, { what: `what ffmpeg hears of ${person.speaker}`, heard });
}

/** With the keys in them, as `intercept decrypt --sdp` takes them. */
function descriptionsOf({ messages }: SignalingRecord): Artefact[] {
  return messages.flatMap(({ verb, payload }) =>
    (verb === 'offer' || verb === 'answer') && typeof payload['sdp'] === 'string'
      ? [{ name: `${verb}.sdp`, content: payload['sdp'] }]
      : [],
  );
}

function sumOf<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0);
}
