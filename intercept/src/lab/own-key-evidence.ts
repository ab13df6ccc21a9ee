/** The control of every tap on sealed media: the same packets, with the keys that the senders drew. */
import { recoverAsOpus } from '../recover/audio.ts';
import type { TappedMedia } from '../recover/from-tap.ts';
import type { Evidence, Proof } from './evidence.ts';
import type { RecordedPerson } from './recorded-call.ts';
import { openWithOwnKeys } from './recorded-media.ts';

export interface OwnKeyOptions {
  readonly tried: string;
  /** Who has the packets, and how: `the tap gives`. */
  readonly holder: string;
  readonly streams: readonly {
    readonly person: Pick<RecordedPerson, 'speaker' | 'otherSpeaker' | 'drawn'>;
    readonly media: TappedMedia;
  }[];
}

export async function ownKeyEvidence({ tried, holder, streams }: OwnKeyOptions): Promise<Evidence> {
  const proofs: Proof[] = [];
  for (const { person, media } of streams) {
    const { speaker, otherSpeaker: notSpeaker } = person;
    const { packets, of } = openWithOwnKeys(media, person);
    proofs.push(
      {
        kind: 'audio',
        what: `what ${holder} of ${speaker} with the key`,
        ...{ speaker, notSpeaker },
        heard: (await recoverAsOpus(packets)).pcm,
      },
      {
        kind: 'count',
        what: `packets of ${speaker} authentic under the sender’s own key`,
        found: packets.length,
        of,
      },
    );
  }
  return { tried, proofs };
}
