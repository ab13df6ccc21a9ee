/** The audio codecs that become WAV files, and how a payload type comes to mean one. */

export const audioCodecs = ['opus', 'pcmu', 'pcma', 'g722'] as const;
export type AudioCodec = (typeof audioCodecs)[number];

/** RFC 3551 section 6, table 4. Types from 96 on mean what the SDP says. */
const staticPayloadTypes: ReadonlyMap<number, AudioCodec> = new Map([
  [0, 'pcmu'],
  [8, 'pcma'],
  [9, 'g722'],
]);

/** Hz of the RTP timestamp. G.722's is 8000 though it samples at 16000 (RFC 3551 section 4.5.2). */
export const clockRatesHz: Readonly<Record<AudioCodec, number>> = {
  opus: 48_000,
  pcmu: 8000,
  pcma: 8000,
  g722: 8000,
};

/** @param name an SDP encoding name (RFC 8866 section 6.6), in any case. */
export function findAudioCodec(name: string): AudioCodec | undefined {
  const lowerCase = name.toLowerCase();
  return audioCodecs.find((codec) => codec === lowerCase);
}

/** What a payload type is called: by the user, else by the SDP, else by RFC 3551. */
export class PayloadTypes {
  readonly #names: ReadonlyMap<number, string>;

  /** @param names by payload type; later ones do not replace earlier ones. */
  constructor(names: Iterable<readonly [number, string]>) {
    const byType = new Map<number, string>();
    for (const [type, name] of names) {
      if (!byType.has(type)) byType.set(type, name);
    }
    this.#names = byType;
  }

  /** @returns undefined for a type that is unknown, or known as something that is not decoded here. */
  codecOf(payloadType: number): AudioCodec | undefined {
    const name = this.#names.get(payloadType);
    return name === undefined ? staticPayloadTypes.get(payloadType) : findAudioCodec(name);
  }

  /** For people. */
  nameOf(payloadType: number): string {
    return (
      this.#names.get(payloadType) ?? staticPayloadTypes.get(payloadType) ?? `type ${payloadType}`
    );
  }
}
