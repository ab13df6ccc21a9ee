/** The phase of the call, and for how long it has been going on. */
import { useEffect, useState } from 'preact/hooks';
import type { CallPhase } from '../call/call-state.ts';
import { formatDuration } from './format.ts';
import { phaseWords } from './wording.ts';

export interface CallStatusProps {
  readonly phase: CallPhase;
  /** Milliseconds since the epoch. */
  readonly joinedAt: number | undefined;
  /** Instead of the phase's own words. */
  readonly words?: string | undefined;
}

export function CallStatus({ phase, joinedAt, words }: CallStatusProps) {
  return (
    <p
      class={`call-phase call-phase-${phase.kind}`}
      data-testid="call-phase"
      data-phase={phase.kind}
      data-reason={phase.kind === 'ended' ? phase.reason : undefined}
    >
      <span class="call-phase-sign" aria-hidden="true" />
      {words ?? phaseWords(phase)}
      {joinedAt !== undefined && phase.kind !== 'ended' && <CallClock joinedAt={joinedAt} />}
    </p>
  );
}

interface CallClockProps {
  readonly joinedAt: number;
}

function CallClock({ joinedAt }: CallClockProps) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span class="call-clock">{formatDuration(now - joinedAt)}</span>;
}
