import { useEffect, useRef, useState } from 'preact/hooks';
import type { CallState } from '../call/call-state.ts';
import { announcements } from './announcements.ts';

/** What to put into the page's live region: the newest change that is worth a sentence. */
export function useAnnouncements(state: CallState): string {
  const before = useRef(state);
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const sentences = announcements(before.current, state);
    before.current = state;
    if (sentences.length > 0) setSpoken(sentences.join('. '));
  }, [state]);
  return spoken;
}
