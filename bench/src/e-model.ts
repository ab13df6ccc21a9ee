/**
 * The E-model for fullband speech, ITU-T G.107.2: what people would say of a call, from its losses and delay.
 * A planning model with its defaults for everything else (room, loudness, echo): good for comparing.
 */

/** ITU-T G.107.2 section 7.2: basic signal-to-noise ratio with all defaults. */
const basicRating = 148;
/** ITU-T G.107.2 section 7.5: the impairment that losses approach. */
const worstLossImpairment = 132;
/** ITU-T G.107.2 section 7.4: the delay that nobody minds. */
const unnoticedDelayMs = 100;
/** ITU-T G.107.2 annex A: its scale against that of G.107, from which scores are told. */
const scale = 1.48;

export interface CodecImpairment {
  /** Ie,FB: what the codec alone costs. */
  readonly impairment: number;
  /** Bpl: how well it bears losses. */
  readonly lossRobustness: number;
}

/**
 * Opus at 31 kbit/s, the nearest measured to the browsers' 32, super-wideband, losses at random: M. Alahmadi,
 * P. Pocta, H. Melvin, "An Adaptive Bitrate Switching Algorithm for Speech Applications in Context of WebRTC",
 * ACM TOMM 17(4) 133, 2021, doi:10.1145/3458751; values from the authors' published table.
 */
export const opusImpairment = {
  variableBitrate: { impairment: 16.82867498, lossRobustness: 10.44 },
  constantBitrate: { impairment: 21.74245539, lossRobustness: 11.51 },
} as const satisfies Record<string, CodecImpairment>;

export interface CallQuality {
  readonly codec: CodecImpairment;
  /** Of what is played, made up instead of decoded: 0 to 1. */
  readonly concealedShare: number;
  /** One way. */
  readonly mouthToEarMs: number;
}

/** R, 0 to 148. */
export function transmissionRating({ codec, concealedShare, mouthToEarMs }: CallQuality): number {
  const { impairment, lossRobustness } = codec;
  const lossPercent = 100 * concealedShare;
  // Section 7.5 with BurstR = 1: losses are independent of each other.
  const ofEquipment =
    impairment +
    (worstLossImpairment - impairment) * (lossPercent / (lossPercent + lossRobustness));
  return Math.max(0, basicRating - delayImpairment(mouthToEarMs) - ofEquipment);
}

/** Mean opinion score, 1 to 4.5. ITU-T G.107.2 annex A, by G.107 annex B. */
export function opinionScore(rating: number): number {
  const r = Math.min(100, Math.max(0, rating / scale));
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** ITU-T G.107.2 section 7.4. */
function delayImpairment(delayMs: number): number {
  if (delayMs <= unnoticedDelayMs) return 0;
  const x = Math.log2(delayMs / unnoticedDelayMs);
  return scale * 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}
