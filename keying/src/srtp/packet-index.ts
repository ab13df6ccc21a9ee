/** Sequence numbers are 16 bits, roll-over counters 32 (RFC 3711 section 3.3.1). */
const sequenceNumbers = 2 ** 16;
/** i = 2^16 * ROC + SEQ has 48 bits. */
export const maxPacketIndex = 2 ** 48 - 1;

export function packetIndex(rollOverCounter: number, sequenceNumber: number): number {
  return rollOverCounter * sequenceNumbers + sequenceNumber;
}

export function rollOverCounterOf(index: number): number {
  return Math.floor(index / sequenceNumbers);
}

/**
 * Guesses the index of a packet from its sequence number (RFC 3711 section 3.3.1 and appendix A):
 * of the three candidates around the highest index so far, the nearest.
 *
 * @param highestIndex highest authenticated index of the SSRC: its ROC and s_l in one number.
 * @returns an index; below 0 for a packet from before the first roll-over counter.
 */
export function guessPacketIndex(highestIndex: number, sequenceNumber: number): number {
  const half = sequenceNumbers / 2;
  const rollOverCounter = rollOverCounterOf(highestIndex);
  const highestSequenceNumber = highestIndex % sequenceNumbers;
  let guess = rollOverCounter;
  if (highestSequenceNumber < half) {
    if (sequenceNumber - highestSequenceNumber > half) guess = rollOverCounter - 1;
  } else if (highestSequenceNumber - half > sequenceNumber) {
    guess = rollOverCounter + 1;
  }
  return packetIndex(guess, sequenceNumber);
}
