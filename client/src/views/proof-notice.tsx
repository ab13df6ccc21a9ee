/** What is not proved yet about the people in a call, and the way to prove it. */
import type { CallState } from '../call/call-state.ts';
import { notVerified, proofOfCall } from './hearing.ts';
import { Icon } from './icons.tsx';

export interface ProofNoticeProps {
  readonly state: CallState;
  readonly onCompare: () => void;
}

export function ProofNotice({ state, onCompare }: ProofNoticeProps) {
  const names = notVerified(state.people).map(({ name }) => name);
  if (proofOfCall(state) === 'unproven') {
    return (
      <div class="notice notice-problem proof-notice" data-testid="unproven">
        <Icon name="warning" />
        <p>
          <strong>Not verified: compare the code.</strong> This link came without its secret, so the
          server could be in between until you have.
        </p>
        {names.length > 0 && (
          <button type="button" class="button" data-testid="compare-all" onClick={onCompare}>
            Compare codes
          </button>
        )}
      </div>
    );
  }
  if (state.topology === 'direct' || names.length === 0) return null;
  return (
    <p class="call-hearing" data-testid="not-verified">
      Not verified yet: {names.join(', ')}.
    </p>
  );
}
