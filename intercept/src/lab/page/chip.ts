/** An outcome as a word, a sign and a colour: never by colour alone. */
import type { RunResult } from '../verdict-schema.ts';
import { html, type Html } from './html.ts';

type Outcome = RunResult['outcome'];

const words: Readonly<Record<Outcome, string>> = {
  falls: 'falls',
  resists: 'resists',
  unclear: 'unclear',
  'not-run': 'not run',
};

/** An ear-like open ring with a dot, a closed shield, and two kinds of doubt. */
const signs: Readonly<Record<Outcome, Html>> = {
  falls: html`<circle
      cx="8"
      cy="8"
      r="6.5"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
    /><circle cx="8" cy="8" r="3" fill="currentColor" />`,
  resists: html`<path
    d="M8 1l6 2.2v4.6C14 11.5 11.3 14 8 15 4.7 14 2 11.5 2 7.8V3.2z"
    fill="currentColor"
  />`,
  unclear: html`<path d="M2 8h12" stroke="currentColor" stroke-width="3" />`,
  'not-run': html`<path d="M3 3l10 10M13 3L3 13" stroke="currentColor" stroke-width="2.5" />`,
};

export interface ChipOptions {
  readonly outcome: Outcome;
  readonly isAsClaimed: boolean;
  /** Where it leads; nowhere by default. */
  readonly href?: string;
}

export function chip({ outcome, isAsClaimed, href }: ChipOptions): Html {
  const classes = `chip ${outcome}${isAsClaimed ? '' : ' unexpected'}`;
  const inside = html`<svg viewBox="0 0 16 16" aria-hidden="true">${signs[outcome]}</svg
    >${words[outcome]}${isAsClaimed ? undefined : ', not as claimed'}`;
  return href === undefined
    ? html`<span class="${classes}">${inside}</span>`
    : html`<a class="${classes}" href="${href}">${inside}</a>`;
}
