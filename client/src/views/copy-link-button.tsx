/** Copies the invite link. */
import { CopyButton } from './copy-button.tsx';

export interface CopyLinkButtonProps {
  readonly link: string;
  readonly isPrimary?: boolean;
}

export function CopyLinkButton({ link, isPrimary = false }: CopyLinkButtonProps) {
  return (
    <CopyButton
      text={link}
      label="Copy link"
      copiedLabel="Link copied"
      icon="link"
      testId="copy-link"
      isPrimary={isPrimary}
    />
  );
}
