/** After the call, or instead of it: what happened, and what to do now. */
import type { EndReason } from '../call/call-state.ts';
import { Icon } from './icons.tsx';
import { Page, PageHeading } from './page.tsx';
import { reasons, type EndOffer } from './reasons.ts';

export interface EndPageProps {
  readonly reason: EndReason;
  readonly isLab: boolean;
  readonly onRejoin: () => void;
  readonly onNewCall: () => void;
}

const offerLabels: Readonly<Record<EndOffer, string>> = {
  rejoin: 'Join again',
  'new-call': 'Create a new call',
};

export function EndPage({ reason, isLab, onRejoin, onNewCall }: EndPageProps) {
  const text = reasons[reason];
  const actions: Readonly<Record<EndOffer, () => void>> = {
    rejoin: onRejoin,
    'new-call': onNewCall,
  };
  return (
    <Page title={text.title} isLab={isLab} kind="end" onHome={onNewCall}>
      <div
        class={`end end-${text.tone}`}
        data-testid="call-phase"
        data-phase="ended"
        data-reason={reason}
      >
        <span class="end-sign">
          <Icon name={text.icon} />
        </span>
        <PageHeading>{text.title}</PageHeading>
        <p class="lead" data-testid="end-reason" data-reason={reason}>
          {text.explanation}
        </p>
        <p class="end-action">{text.action}</p>
        <div class="button-row">
          {text.offers.map((offer, position) => (
            <button
              key={offer}
              type="button"
              class={position === 0 ? 'button button-primary' : 'button'}
              data-testid={offer}
              onClick={actions[offer]}
            >
              <Icon name={offer === 'rejoin' ? 'refresh' : 'plus'} />
              {offerLabels[offer]}
            </button>
          ))}
        </div>
      </div>
    </Page>
  );
}
