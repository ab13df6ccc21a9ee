/** An address that leads nowhere, and the way home. */
import { Icon } from './icons.tsx';
import { Page, PageHeading } from './page.tsx';

export interface NotFoundPageProps {
  readonly isLab: boolean;
  readonly onHome: () => void;
}

export function NotFoundPage({ isLab, onHome }: NotFoundPageProps) {
  return (
    <Page title="Page not found" isLab={isLab} kind="end" onHome={onHome}>
      <div class="end end-problem" data-testid="not-found">
        <span class="end-sign">
          <Icon name="link" />
        </span>
        <PageHeading>There is no page here</PageHeading>
        <p class="lead">
          The address is not one of Earshot. If somebody sent you a link to a call, it was changed
          or cut off on the way.
        </p>
        <p class="end-action">Ask for the link again, or begin a call of your own.</p>
        <div class="button-row">
          <button
            type="button"
            class="button button-primary"
            data-testid="go-home"
            onClick={onHome}
          >
            <Icon name="arrow" />
            To the start page
          </button>
        </div>
      </div>
    </Page>
  );
}
