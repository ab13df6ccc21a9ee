/** The frame of every page: lab notice, wordmark, main landmark; moves the focus to the new page's heading. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

export interface PageProps {
  /** Document title, without the product's name. */
  readonly title: string | undefined;
  readonly isLab: boolean;
  /** Names the layout: `page-start`, `page-call`, and so on. */
  readonly kind: 'start' | 'join' | 'call' | 'end' | 'identity' | 'compare' | 'lab';
  /** Of the operator's page about this call, for the lab notice. */
  readonly labHref?: string | undefined;
  /** Shown at the end of the header. */
  readonly headerEnd?: ComponentChildren;
  /** Undefined in a call, where leaving is a button of its own. */
  readonly onHome: (() => void) | undefined;
  readonly children: ComponentChildren;
}

export function Page({ title, isLab, kind, labHref, headerEnd, onHome, children }: PageProps) {
  useEffect(() => {
    document.title = title === undefined ? 'Earshot' : `${title} · Earshot`;
  }, [title]);

  return (
    <div class={`page page-${kind}`}>
      {isLab && <LabBanner href={labHref} />}
      <header class="page-header">
        {onHome === undefined ? (
          <span class="wordmark">
            <Wordmark />
          </span>
        ) : (
          <a
            class="wordmark"
            href="/"
            onClick={(event) => {
              event.preventDefault();
              onHome();
            }}
          >
            <Wordmark />
          </a>
        )}
        {headerEnd}
      </header>
      <main class="page-main">{children}</main>
    </div>
  );
}

export interface PageHeadingProps {
  readonly children: ComponentChildren;
}

/** The page's h1. It takes the focus when the page appears, so that a screen reader reads from here. */
export function PageHeading({ children }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** On every page while the server's interception lab is on. */
function LabBanner({ href }: { readonly href: string | undefined }) {
  return (
    <aside class="lab-banner" aria-label="Interception lab" data-testid="lab-banner">
      <Icon name="flask" />
      <p>
        <strong>Interception lab.</strong> This server records all that passes it and tries to
        listen in. Say nothing private here.
        {href !== undefined && (
          <>
            {' '}
            <a href={href} target="_blank" rel="noopener" data-testid="lab-link">
              What the server sees
            </a>
          </>
        )}
      </p>
    </aside>
  );
}

function Wordmark() {
  return (
    <>
      <svg class="wordmark-sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle cx="11" cy="16" r="4" />
        <path d="M17 8.5a9.5 9.5 0 0 1 0 15M21.5 3.5a15.5 15.5 0 0 1 0 25" />
      </svg>
      Earshot
    </>
  );
}
