/** The own key: what others recognise this browser by, and what can and cannot be done with it. */
import { useState } from 'preact/hooks';
import { CopyButton } from './copy-button.tsx';
import { formatDate } from './format.ts';
import { Icon } from './icons.tsx';

/** The own key as it is shown. */
export interface ShownKey {
  readonly fingerprint: string;
  /** Ed25519 public key, base64url. */
  readonly publicKey: string;
  readonly custody: 'browser' | 'page';
  readonly isKept: boolean;
  readonly madeAtMs: number;
}

export interface OwnKeyProps {
  readonly ownKey: ShownKey;
  readonly onReset: () => void;
}

const custodyWords: Readonly<Record<ShownKey['custody'], string>> = {
  browser:
    'Its private half was made inside this browser and cannot be taken out: it signs, but no page can read it, this one included. So it cannot be moved to another browser, nor stolen by a page. Another browser of yours has its own key, which your contacts verify as well.',
  page: 'This browser cannot hold such a key by itself. Its private half lies in the storage of this site, and Earshot signs with it: whoever could run a script on this site could read it. A newer browser protects it better. It is not offered for copying, so that two browsers never pass for one.',
};

export function OwnKey({ ownKey, onReset }: OwnKeyProps) {
  const { fingerprint, publicKey, madeAtMs, isKept, custody } = ownKey;
  return (
    <>
      {!isKept && (
        <p class="notice notice-problem" data-testid="not-kept">
          <Icon name="warning" />
          <span>
            This browser keeps nothing for this site, as in some private windows. Calls work, but
            your key is made anew each time and nobody is remembered.
          </span>
        </p>
      )}
      <p class="fingerprint" data-testid="own-fingerprint" data-public-key={publicKey}>
        {fingerprint}
      </p>
      <p class="quiet">
        The fingerprint of your key{isKept ? `, made on ${formatDate(madeAtMs)}` : ''}. Others see
        it among their contacts.
      </p>
      <CopyButton
        label="Copy fingerprint and public key"
        copiedLabel="Copied"
        icon="key"
        testId="copy-identity"
        text={`Earshot fingerprint: ${fingerprint}\nEd25519 public key: ${publicKey}\n`}
      />
      <h3>Why only the public half can be copied</h3>
      <p class="quiet" data-testid="custody" data-custody={custody}>
        {custodyWords[custody]}
      </p>
      <h3>Make a new key</h3>
      <p class="quiet">
        Everyone who knows you is then told that your key is new. Whoever verified you does not hear
        you until they accept it, and should compare codes with you again. Your contacts stay. A
        call that is going on keeps the old key until it ends.
      </p>
      <Reset onReset={onReset} />
    </>
  );
}

interface ResetProps {
  readonly onReset: () => void;
}

/** Asks before it does what cannot be undone. */
function Reset({ onReset }: ResetProps) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <button
        type="button"
        class="button button-danger-quiet"
        data-testid="reset"
        onClick={() => setAsking(true)}
      >
        <Icon name="refresh" />
        Make a new key
      </button>
    );
  }
  return (
    <div class="notice notice-problem" role="group" aria-labelledby="reset-question">
      <Icon name="warning" />
      <p id="reset-question">
        <strong>The old key cannot be brought back.</strong> Make a new one all the same?
      </p>
      <div class="button-row">
        <button type="button" class="button" autofocus onClick={() => setAsking(false)}>
          Keep this key
        </button>
        <button
          type="button"
          class="button button-danger"
          data-testid="reset-confirmed"
          onClick={() => {
            setAsking(false);
            onReset();
          }}
        >
          Make a new key
        </button>
      </div>
    </div>
  );
}
