/** Tables of ITU-T G.722, by the Recommendation's names. */

/** QM6: inverse quantizer of the low band, six bits. */
export const lowQuantizer6 = Int16Array.of(
  ...[-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192],
  ...[-10232, -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576],
  ...[-3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704],
  ...[14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456],
  ...[4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728],
  ...[432, 136, -432, -136],
);

/** QM4: the same, of the upper four bits. */
export const lowQuantizer4 = Int16Array.of(
  ...[0, -20456, -12896, -8968, -6288, -4240, -2584, -1200],
  ...[20456, 12896, 8968, 6288, 4240, 2584, 1200, 0],
);

/** QM2: inverse quantizer of the high band. */
export const highQuantizer = Int16Array.of(-7408, -1616, 7408, 1616);

/** RL4, then WL: what a code adds to the logarithm of the low band's scale. */
export const lowCodeOf = Uint8Array.of(0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0);
export const lowLogFactors = Int16Array.of(-60, -30, 58, 172, 334, 538, 1198, 3042);

/** WH, by the lower bit of the code. */
export const highLogFactors = Int16Array.of(798, -214);

/** ILB: 2048 * 2^(i/32), which turns a logarithm into a scale. */
export const inverseLog = Int16Array.of(
  ...[2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774],
  ...[2834, 2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838],
  ...[3922, 4008],
);

/** Every second coefficient of the 24-tap quadrature mirror filter, which is symmetric. */
export const qmfCoefficients = Int16Array.of(
  ...[3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11],
);
