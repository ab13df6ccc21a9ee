/** Choosing a microphone and seeing that it hears something, before the call. */
import { Icon } from './icons.tsx';

export interface MicrophoneChoice {
  /** `deviceId`, as the browser names it for this site. */
  readonly id: string;
  readonly label: string;
}

/** What the join page knows about the microphone. */
export type MicrophoneStatus =
  | { readonly kind: 'checking' }
  /** The browser will ask; we say why first. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ready'; readonly microphones: readonly MicrophoneChoice[] };

export interface MicrophoneFieldProps {
  readonly status: MicrophoneStatus;
  readonly chosenId: string | undefined;
  /** Loudness, 0 to 1. */
  readonly level: number;
  readonly isMuted: boolean;
  readonly onChoose: (id: string) => void;
  readonly onAsk: () => void;
}

export function MicrophoneField(props: MicrophoneFieldProps) {
  const { status, chosenId, level, isMuted, onChoose, onAsk } = props;
  switch (status.kind) {
    case 'checking':
      return <MicrophoneNotice text="Looking for microphones." />;
    case 'not-asked':
      return (
        <MicrophoneNotice
          text="Your browser will ask whether Earshot may use the microphone. Say yes to be heard. It is used for calls only, and you can start muted."
          button="Allow the microphone"
          onAsk={onAsk}
        />
      );
    case 'asking':
      return <MicrophoneNotice text="Answer your browser’s question about the microphone." />;
    case 'denied':
      return (
        <MicrophoneNotice
          text="The microphone is blocked for this site. Allow it by the icon beside the address, then try again."
          button="Try again"
          isProblem
          onAsk={onAsk}
        />
      );
    case 'missing':
      return (
        <MicrophoneNotice
          text="No microphone was found. Connect one, then try again."
          button="Try again"
          isProblem
          onAsk={onAsk}
        />
      );
    case 'ready':
      return (
        <div class="field" data-testid="microphone-state" data-state="ready">
          <label for="microphone">Microphone</label>
          <select
            id="microphone"
            data-testid="microphone"
            value={chosenId}
            onChange={(event) => onChoose(event.currentTarget.value)}
          >
            {status.microphones.map((microphone) => (
              <option key={microphone.id} value={microphone.id}>
                {microphone.label}
              </option>
            ))}
          </select>
          <LevelMeter level={isMuted ? 0 : level} />
          <p class="hint">
            {isMuted ? 'Muted: the others will not hear you.' : 'Say something: the bar moves.'}
          </p>
        </div>
      );
  }
}

interface MicrophoneNoticeProps {
  readonly text: string;
  readonly button?: string;
  readonly isProblem?: boolean;
  readonly onAsk?: () => void;
}

function MicrophoneNotice({ text, button, isProblem = false, onAsk }: MicrophoneNoticeProps) {
  return (
    <div
      class="field"
      data-testid="microphone-state"
      data-state={isProblem ? 'problem' : 'waiting'}
    >
      <span class="label">Microphone</span>
      <div class={isProblem ? 'notice notice-problem' : 'notice'}>
        <Icon name={isProblem ? 'microphone-off' : 'microphone'} />
        <p role="status">{text}</p>
        {button !== undefined && (
          <button type="button" class="button" data-testid="allow-microphone" onClick={onAsk}>
            {button}
          </button>
        )}
      </div>
    </div>
  );
}

export interface LevelMeterProps {
  readonly level: number;
}

function LevelMeter({ level }: LevelMeterProps) {
  const percent = Math.round(Math.min(1, Math.max(0, level)) * 100);
  return (
    <div
      class="level-meter"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-testid="microphone-level"
      style={{ '--level': String(percent / 100) }}
    />
  );
}
