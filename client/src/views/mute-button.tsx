/** The one mute control, on the join page and in the call. Its label says what it does, its icon what is. */
import { Icon } from './icons.tsx';

export interface MuteButtonProps {
  readonly isMuted: boolean;
  /** Named in the tooltip; undefined where there is none. */
  readonly shortcut?: string | undefined;
  readonly onToggle: () => void;
}

export function MuteButton({ isMuted, shortcut, onToggle }: MuteButtonProps) {
  const action = isMuted ? 'Unmute' : 'Mute';
  return (
    <button
      type="button"
      class={isMuted ? 'button button-muted' : 'button'}
      data-testid="mute"
      data-muted={isMuted}
      title={shortcut === undefined ? undefined : `${action} (${shortcut})`}
      aria-keyshortcuts={shortcut}
      onClick={onToggle}
    >
      <Icon name={isMuted ? 'microphone-off' : 'microphone'} />
      {action}
    </button>
  );
}
