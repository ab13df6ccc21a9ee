/** What an `sdes` call asks of its session: see `SdesQuestion`. */
import type { SdesSession } from '@earshot/keying/session';
import type { SdesQuestion } from './worker-messages.ts';

/**
 * @returns the lines of an offer, the own line for an answer or an announcement, nothing for what was only taken.
 * @throws KeyingError `sdes-invalid`, `sdes-no-agreement` or `malformed`
 */
export function askSdes(session: SdesSession, question: SdesQuestion): readonly string[] {
  switch (question.op) {
    case 'offerLines':
      return session.offerLines();
    case 'acceptOffer':
      return [session.acceptOffer(question.peerId, question.lines)];
    case 'acceptAnswer':
      session.acceptAnswer(question.peerId, question.lines);
      return [];
    case 'announceLine':
      return [session.announceLine()];
    case 'acceptAnnouncement':
      session.acceptAnnouncement(question.peerId, question.line);
      return [];
  }
}
