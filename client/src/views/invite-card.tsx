/** The link to share: to read and to scan; a button to copy it may go in between. */
import type { ComponentChildren } from 'preact';
import { QrCode } from './qr-code.tsx';

export interface InviteCardProps {
  readonly link: string;
  /** The link carries a secret (`e2ee`). */
  readonly holdsSecret: boolean;
  readonly children?: ComponentChildren;
}

export function InviteCard({ link, holdsSecret, children }: InviteCardProps) {
  return (
    <div class="invite">
      <QrCode text={link} label="QR code of the link to this call" />
      <div class="invite-words">
        <p class="invite-link" data-testid="invite-link">
          {link}
        </p>
        {children}
        <p class="quiet">
          {holdsSecret
            ? 'The link holds the secret that protects the call: send it only to those who should join, by a way that you trust.'
            : 'Whoever has the link can join.'}
        </p>
      </div>
    </div>
  );
}
