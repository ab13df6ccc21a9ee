/** What the page's surroundings say about the network and about itself. */

export interface PageEvents {
  /** The network or the page came back. */
  readonly onReturn: () => void;
  readonly onOffline: () => void;
  /** The page is being closed or left. */
  readonly onLeave: () => void;
}

/** Returns the unsubscription. */
export function watchPage({ onReturn, onOffline, onLeave }: PageEvents): () => void {
  const onVisibility = (): void => {
    if (document.visibilityState === 'visible') onReturn();
  };
  // A page in the back-forward cache comes back; its call would have been dropped by then all the same.
  window.addEventListener('online', onReturn);
  window.addEventListener('offline', onOffline);
  window.addEventListener('pagehide', onLeave);
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    window.removeEventListener('online', onReturn);
    window.removeEventListener('offline', onOffline);
    window.removeEventListener('pagehide', onLeave);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
