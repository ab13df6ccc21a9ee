/** Inline SVG icons: 24 units, drawn in the text's colour, hidden from screen readers; words stand beside them. */
import type { ComponentChildren } from 'preact';

const shapes = {
  microphone: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </>
  ),
  'microphone-off': (
    <>
      <path d="M9 9v2a3 3 0 0 0 4.6 2.5M15 11.5V6a3 3 0 0 0-5.7-1.3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.5 11.5a6.4 6.4 0 0 1-.5 2.5M12 18v3M4 3l16 18" />
    </>
  ),
  'hang-up': (
    <path
      transform="rotate(135 12 12)"
      d="M5 3.5h3.5l1.8 4.5-2.3 1.7a12.5 12.5 0 0 0 6.3 6.3l1.7-2.3 4.5 1.8V19a1.5 1.5 0 0 1-1.6 1.5A16.2 16.2 0 0 1 3.5 5.1 1.5 1.5 0 0 1 5 3.5z"
    />
  ),
  link: (
    <>
      <path d="M10 14a4.5 4.5 0 0 0 6.4 0l3-3a4.5 4.5 0 0 0-6.4-6.4l-1.3 1.3" />
      <path d="M14 10a4.5 4.5 0 0 0-6.4 0l-3 3a4.5 4.5 0 0 0 6.4 6.4l1.3-1.3" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  close: <path d="M6 6l12 12M18 6 6 18" />,
  details: (
    <>
      <path d="M4 7h9M19 7h1M4 12h3M13 12h7M4 17h9M19 17h1" />
      <circle cx="16" cy="7" r="2.5" />
      <circle cx="10" cy="12" r="2.5" />
      <circle cx="16" cy="17" r="2.5" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="m11 12 8-8M16 7l3 3M13.5 9.5l2 2" />
    </>
  ),
  server: (
    <>
      <rect x="4" y="4" width="16" height="7" rx="2" />
      <rect x="4" y="13" width="16" height="7" rx="2" />
      <path d="M8 7.5h.01M8 16.5h.01M12 7.5h4M12 16.5h4" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3M12 14.5v2" />
    </>
  ),
  ear: (
    <>
      <path d="M7 9.5a5 5 0 0 1 10 0c0 3-1.5 4-2.7 5.3-.9 1-.8 1.7-1.1 3A3 3 0 0 1 7.5 18" />
      <path d="M10 10a2 2 0 0 1 4 0c0 1.5-2 1.8-2 3.5" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="8" r="3.5" />
      <path d="M2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.3" />
    </>
  ),
  pair: (
    <>
      <circle cx="7" cy="9" r="3" />
      <circle cx="17" cy="9" r="3" />
      <path d="M2 18.5a5 5 0 0 1 10 0M12 18.5a5 5 0 0 1 10 0" />
    </>
  ),
  warning: (
    <>
      <path d="M12 4 2.8 19.5h18.4z" />
      <path d="M12 10v4M12 16.8h.01" />
    </>
  ),
  refresh: <path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4" />,
  arrow: <path d="M5 12h14M13 6l6 6-6 6" />,
  flask: (
    <path d="M9.5 3.5h5M10.5 3.5v6L5 18.3a1.5 1.5 0 0 0 1.3 2.2h11.4a1.5 1.5 0 0 0 1.3-2.2l-5.5-8.8v-6M7.5 15.5h9" />
  ),
  plus: <path d="M12 5v14M5 12h14" />,
  shield: <path d="M12 3.5 5 6v5.5c0 4.3 2.9 7.3 7 9 4.1-1.7 7-4.7 7-9V6z" />,
  'shield-check': (
    <>
      <path d="M12 3.5 5 6v5.5c0 4.3 2.9 7.3 7 9 4.1-1.7 7-4.7 7-9V6z" />
      <path d="m8.8 12 2.3 2.3 4.2-4.5" />
    </>
  ),
  'key-changed': (
    <>
      <circle cx="7" cy="16" r="3.5" />
      <path d="m9.5 13.5 5-5M12.5 10.5l2 2M18 3.5v5M18 12h.01" />
    </>
  ),
  unplugged: (
    <path d="M3 9.5a13 13 0 0 1 5-3M21 9.5a13 13 0 0 0-9-3.5M6.5 13.5a8 8 0 0 1 4-2.2M17.5 13.5a8 8 0 0 0-1.8-1.3M12 18.5h.01M4 3.5l16 17" />
  ),
  code: (
    <>
      <rect x="4" y="4" width="6" height="6" rx="1" />
      <rect x="14" y="4" width="6" height="6" rx="1" />
      <rect x="4" y="14" width="6" height="6" rx="1" />
      <path d="M14 14h2v2M20 14v2M14 20h2M20 20h-1" />
    </>
  ),
} satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof shapes;

export interface IconProps {
  readonly name: IconName;
}

export function Icon({ name }: IconProps) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  );
}
