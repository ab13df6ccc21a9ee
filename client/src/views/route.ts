/** Where the address leads. The server serves the application there; elsewhere it says "not found" with it. */

/** `join`: an invite link. What it holds is in the fragment, which `call/invite-link.ts` reads. */
export type Route = 'start' | 'join' | 'identity' | 'compare' | 'not-found';

export const identityPath = '/identity';
export const comparePath = '/compare';

/** @param pathname of a URL, beginning with a slash; query and fragment do not choose the page. */
export function parseRoute(pathname: string): Route {
  // Any `/j/...` is meant as an invite; one that was cut off gets its own explanation on that page.
  if (pathname.startsWith('/j/')) return 'join';
  if (pathname === '/' || pathname === '/index.html') return 'start';
  switch (pathname.replace(/\/$/, '')) {
    case identityPath:
      return 'identity';
    case comparePath:
      return 'compare';
    default:
      return 'not-found';
  }
}

/** Goes to `href` (same origin) without loading the page anew; listeners of `onNavigation` hear of it. */
export function navigate(href: string): void {
  history.pushState(null, '', href);
  navigation.dispatchEvent(new Event('navigate'));
}

const navigation = new EventTarget();

/**
 * Calls `listener` after `navigate`, Back, Forward, and a change of the fragment (another invite
 * pasted over this one). Returns the unsubscription.
 */
export function onNavigation(listener: () => void): () => void {
  navigation.addEventListener('navigate', listener);
  window.addEventListener('popstate', listener);
  return () => {
    navigation.removeEventListener('navigate', listener);
    window.removeEventListener('popstate', listener);
  };
}
