/** The way from a call to the operator's page about it. */

/**
 * @param link  the invite link
 * @returns undefined where the page is not for this person: the server shows it to its own machine only
 */
export function labPathOf(link: string): string | undefined {
  const { hostname, pathname } = new URL(link);
  const isThisMachine = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  const callId = /^\/j\/([^/]+)$/.exec(pathname)?.[1];
  return isThisMachine && callId !== undefined ? `/lab/${callId}` : undefined;
}
