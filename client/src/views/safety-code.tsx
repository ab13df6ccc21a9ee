/** The safety code shared with one person (`e2ee`): read it to each other, then say whether it matches. */
import { useEffect, useRef } from 'preact/hooks';
import type { RemotePerson, SafetyCode } from '../call/call-state.ts';
import { Icon } from './icons.tsx';
import { keyingFailureWords } from './wording.ts';

/** The code as one text, to tell whether it is still the one that was compared. */
export function codeText(code: SafetyCode): string {
  return [...code.emoji.map(({ name }) => name), ...code.words].join(' ');
}

export interface SafetyCodeCardProps {
  readonly person: RemotePerson;
  readonly isCompared: boolean;
  readonly onMatch: () => void;
  readonly onDiffer: () => void;
}

export function SafetyCodeCard({ person, isCompared, onMatch, onDiffer }: SafetyCodeCardProps) {
  const { keying, name } = person;
  const verdict = useRef<HTMLParagraphElement>(null);
  const hasAnswered = useRef(false);
  useEffect(() => {
    // The buttons are gone: the focus goes on from what replaced them.
    if (isCompared && hasAnswered.current) verdict.current?.focus();
  }, [isCompared]);

  return (
    <div
      class="safety-code"
      role="group"
      aria-label={`Safety code with ${name}`}
      data-testid="safety-code"
      data-person-id={person.id}
    >
      <h4>{name}</h4>
      {keying.kind === 'secure' && keying.code !== undefined ? (
        <>
          <Code code={keying.code} />
          {isCompared ? (
            <p class="status status-good" ref={verdict} tabIndex={-1} data-testid="compared">
              <Icon name="shield-check" />
              <span>Compared in this call: nobody is in between.</span>
            </p>
          ) : (
            <div class="button-row">
              <button
                type="button"
                class="button"
                data-testid="codes-match"
                onClick={() => {
                  hasAnswered.current = true;
                  onMatch();
                }}
              >
                <Icon name="check" />
                They match
              </button>
              <button
                type="button"
                class="button button-danger-quiet"
                data-testid="codes-differ"
                onClick={onDiffer}
              >
                <Icon name="close" />
                They do not match
              </button>
            </div>
          )}
        </>
      ) : (
        <p class="quiet">{codeAbsence(person)}</p>
      )}
    </div>
  );
}

interface CodeProps {
  readonly code: SafetyCode;
}

function Code({ code }: CodeProps) {
  return (
    <div class="sas" data-testid="sas">
      <ol class="sas-emoji">
        {code.emoji.map(({ symbol, name }, position) => (
          <li key={position}>
            <span class="sas-symbol" aria-hidden="true">
              {symbol}
            </span>{' '}
            <span>{name}</span>{' '}
          </li>
        ))}
      </ol>
      <p class="sas-words">{code.words.join(' ')}</p>
    </div>
  );
}

function codeAbsence({ keying }: RemotePerson): string {
  switch (keying.kind) {
    case 'agreeing':
      return 'The code appears when the keys are agreed on.';
    case 'failed':
      return keyingFailureWords(keying.code);
    case 'none':
    case 'secure':
      return 'There is no code to compare.';
  }
}
