/** An address that leads nowhere. */
import { Icon } from './icons.tsx';
import { Page, PageHeading } from './page.tsx';

export interface NotFoundPageProps {
  readonly isLab: boolean;
  readonly onHome: () => void;
}

export function NotFoundPage({ isLab, onHome }: NotFoundPageProps) {
  return (
    <Page title="Page not found" isLab={isLab} kind="end" onHome={onHome}>
      <div class="end end-problem">
        <span class="end-sign">
          <Icon name="link" />
        </span>
        <PageHeading>There is no such page</PageHeading>
        <p class="lead">The address is mistyped, or the link was cut off.</p>
        <p class="end-action">If it was an invite, ask for the whole link again.</p>
        <div class="button-row">
          <button
            type="button"
            class="button button-primary"
            data-testid="new-call"
            onClick={onHome}
          >
            <Icon name="plus" />
            Create a new call
          </button>
        </div>
      </div>
    </Page>
  );
}
