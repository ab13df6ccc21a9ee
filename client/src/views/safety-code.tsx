/** The safety code shared with one person (`e2ee`): read it to each other, then say whether it matches. */
import { useEffect, useRef } from 'preact/hooks';
import type { RemotePerson, SafetyCode } from '../call/call-state.ts';
import { isVerified } from './hearing.ts';
import { Icon } from './icons.tsx';
import { trustWords } from './trust-words.ts';
import { keyingFailureWords } from './wording.ts';

export interface SafetyCodeCardProps {
  readonly person: RemotePerson;
  readonly onMatch: () => void;
  readonly onDiffer: () => void;
}

export function SafetyCodeCard({ person, onMatch, onDiffer }: SafetyCodeCardProps) {
  const { keying, name } = person;
  const verdict = useRef<HTMLParagraphElement>(null);
  const hasAnswered = useRef(false);
  const isDone = isVerified(person);
  useEffect(() => {
    // The buttons are gone: the focus goes on from what replaced them.
    if (isDone && hasAnswered.current) verdict.current?.focus();
  }, [isDone]);

  return (
    <div
      class="safety-code"
      role="group"
      aria-label={`Safety code with ${name}`}
      data-testid="safety-code"
      data-person-id={person.id}
    >
      <h4>{name}</h4>
      {keying.kind === 'secure' || keying.kind === 'held' ? (
        <>
          <Code code={keying.code} />
          {isDone ? (
            <p class="status status-good" ref={verdict} tabIndex={-1} data-testid="compared">
              <Icon name="shield-check" />
              <span>
                {trustWords(keying.trust, name).word}: nobody is in between.
                <small>{trustWords(keying.trust, name).explanation}</small>
              </span>
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
    case 'held':
      return 'There is no code to compare.';
  }
}
