/**
 * Janus describes each stream of a subscription as a media section of its own, all in one bundle (RFC 9143):
 * one transport, told apart by SSRC. Our endpoint has one section that takes whatever comes, so it is shown
 * the first one, and its answer is given for all of them.
 */

const sectionStart = /^m=/m;

/** The session part and the first media section, as a bundle of one. */
export function firstSectionOf(sdp: string): string {
  const { session, sections } = split(sdp);
  const [first] = sections;
  if (first === undefined) throw new RangeError('a description without media');
  return withBundle(session, [midOf(first)]) + first;
}

/** The answer's one section, once for each section of the offer. */
export function answerForAll(answer: string, offer: string): string {
  const mids = split(offer).sections.map(midOf);
  const { session, sections } = split(answer);
  const [first] = sections;
  if (first === undefined) throw new RangeError('an answer without media');
  return (
    withBundle(session, mids) +
    mids.map((mid) => first.replace(/^a=mid:\S+/m, `a=mid:${mid}`)).join('')
  );
}

function split(sdp: string): { readonly session: string; readonly sections: readonly string[] } {
  const [session = '', ...sections] = sdp.split(sectionStart);
  return { session, sections: sections.map((section) => `m=${section}`) };
}

function midOf(section: string): string {
  const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
  if (mid === undefined) throw new RangeError('a media section without a=mid');
  return mid;
}

function withBundle(session: string, mids: readonly string[]): string {
  return session.replace(/^a=group:BUNDLE.*?(\r?)$/m, `a=group:BUNDLE ${mids.join(' ')}$1`);
}
