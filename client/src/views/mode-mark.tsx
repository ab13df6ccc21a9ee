/** A keying mode at a glance: icon and name, in the mode's colour. Never the colour alone. */
import { modes, type KeyingMode } from '@earshot/keying/mode';
import { Icon, type IconName } from './icons.tsx';

const modeIcons: Readonly<Record<KeyingMode, IconName>> = {
  sdes: 'key',
  dtls: 'server',
  e2ee: 'lock',
};

export interface ModeMarkProps {
  readonly mode: KeyingMode;
}

export function ModeMark({ mode }: ModeMarkProps) {
  return (
    <span class={`mode-mark mode-${mode}`}>
      <Icon name={modeIcons[mode]} />
      {modes[mode].title}
    </span>
  );
}
