/** The link to share: to read and to scan; a button to copy it may go in between. */
import type { ComponentChildren } from 'preact';
import type { LinkSecretState } from '../call/call-state.ts';
import { QrCode } from './qr-code.tsx';

export interface InviteCardProps {
  readonly link: string;
  readonly secret: LinkSecretState;
  readonly children?: ComponentChildren;
}

const secretWords: Readonly<Record<LinkSecretState, string>> = {
  whole:
    'The link holds the secret that protects the call: send it only to those who should join, by a way that you trust.',
  missing:
    'The link holds no secret: whoever has it can join, and only comparing safety codes shows who it is.',
  unused: 'Whoever has the link can join.',
};

export function InviteCard({ link, secret, children }: InviteCardProps) {
  return (
    <div class="invite">
      <QrCode text={link} label="QR code of the link to this call" />
      <div class="invite-words">
        <p class="invite-link" data-testid="invite-link">
          {link}
        </p>
        {children}
        <p class="quiet">{secretWords[secret]}</p>
      </div>
    </div>
  );
}
