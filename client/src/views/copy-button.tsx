/** Copies a text and says so, to eyes and to screen readers. */
import { useEffect, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** Shown for a while after copying. */
  readonly copiedLabel: string;
  readonly icon: IconName;
  readonly testId: string;
  readonly isPrimary?: boolean;
}

type Outcome = 'none' | 'copied' | 'failed';

/** How long the confirmation stays, in milliseconds. */
const confirmationMs = 3000;

export function CopyButton(props: CopyButtonProps) {
  const { text, label, copiedLabel, icon, testId, isPrimary = false } = props;
  const [outcome, setOutcome] = useState<Outcome>('none');
  useEffect(() => {
    if (outcome === 'none') return;
    const timer = setTimeout(() => setOutcome('none'), confirmationMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const labels: Readonly<Record<Outcome, string>> = {
    none: label,
    copied: copiedLabel,
    failed: 'Copying is blocked',
  };

  return (
    <>
      <button
        type="button"
        class={isPrimary ? 'button button-primary' : 'button'}
        data-testid={testId}
        data-outcome={outcome}
        onClick={() => {
          void copy(text).then(setOutcome);
        }}
      >
        <Icon name={outcome === 'copied' ? 'check' : icon} />
        {labels[outcome]}
      </button>
      <span class="visually-hidden" role="status">
        {outcome === 'none' ? '' : labels[outcome]}
      </span>
    </>
  );
}

/** The clipboard is there in secure contexts only, and the browser may refuse it. */
async function copy(text: string): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'failed';
  }
}
