/** Whether a call met the bad network that it was to meet, or in truth a machine that could not keep up. */

export interface LossCount {
  /** Of packets that the network was to lose, 0 to 1, each by itself. */
  readonly lossShare: number;
  /** At the receivers. */
  readonly lost: number;
  readonly received: number;
}

/** Chance takes more than this many standard deviations in 1 of 15,000 measurements. */
const deviations = 4;
/** Of all packets: what a machine may lose by itself, or a receiver count late. */
const unexplainedShare = 0.01;

/** @throws Error where more or less was lost than chance explains: the figures would be of something else. */
export function requireLoss({ lossShare, lost, received }: LossCount): void {
  const sent = lost + received;
  if (sent === 0) throw new Error('no packets');
  const deviation = Math.sqrt((lossShare * (1 - lossShare)) / sent);
  if (Math.abs(lost / sent - lossShare) <= deviations * deviation + unexplainedShare) return;
  throw new Error(`${percent(lost / sent)} lost where ${percent(lossShare)} were to be`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
