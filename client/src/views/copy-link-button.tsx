/** Copies the link and says so, to eyes and to screen readers. */
import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

export interface CopyLinkButtonProps {
  readonly link: string;
  readonly isPrimary?: boolean;
}

type Outcome = 'none' | 'copied' | 'failed';

/** How long the confirmation stays, in milliseconds. */
const confirmationMs = 3000;

const labels: Readonly<Record<Outcome, string>> = {
  none: 'Copy link',
  copied: 'Link copied',
  failed: 'Copying is blocked',
};

export function CopyLinkButton({ link, isPrimary = false }: CopyLinkButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>('none');
  useEffect(() => {
    if (outcome === 'none') return;
    const timer = setTimeout(() => setOutcome('none'), confirmationMs);
    return () => clearTimeout(timer);
  }, [outcome]);

  return (
    <>
      <button
        type="button"
        class={isPrimary ? 'button button-primary' : 'button'}
        data-testid="copy-link"
        data-outcome={outcome}
        onClick={() => {
          void copy(link).then(setOutcome);
        }}
      >
        <Icon name={outcome === 'copied' ? 'check' : 'link'} />
        {labels[outcome]}
      </button>
      <span class="visually-hidden" role="status">
        {outcome === 'none' ? '' : labels[outcome]}
      </span>
    </>
  );
}

/** The clipboard is there in secure contexts only, and the browser may refuse it. */
async function copy(link: string): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(link);
    return 'copied';
  } catch {
    return 'failed';
  }
}
