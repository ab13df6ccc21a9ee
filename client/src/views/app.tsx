/** The application: which page the address means, and what holds for all of them. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { lookUpServer } from '../call/create-call.ts';
import { CompareScreen } from './compare-screen.tsx';
import { IdentityScreen } from './identity-screen.tsx';
import { InviteScreen } from './invite-screen.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { navigate, onNavigation, parseRoute } from './route.ts';
import { StartScreen } from './start-screen.tsx';

export function App() {
  const [href, setHref] = useState(location.href);
  const [isLab, setLab] = useState(false);
  const callHref = useRef<string | undefined>(undefined);

  useEffect(() => {
    lookUpServer().then(
      (server) => setLab(server.isLab),
      // A server that does not answer is reported where something is asked of it.
      () => undefined,
    );
  }, []);

  useEffect(
    () =>
      onNavigation(() => {
        if (callHref.current !== undefined && !window.confirm('Leave the call?')) {
          history.pushState(null, '', callHref.current);
          return;
        }
        callHref.current = undefined;
        setHref(location.href);
      }),
    [],
  );

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (callHref.current !== undefined) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);

  switch (parseRoute(new URL(href).pathname)) {
    case 'start':
      return <StartScreen isLab={isLab} />;
    case 'identity':
      return <IdentityScreen isLab={isLab} />;
    case 'compare':
      return <CompareScreen isLab={isLab} />;
    case 'not-found':
      return <NotFoundPage isLab={isLab} onHome={() => navigate('/')} />;
    case 'join':
      return (
        <InviteScreen
          key={href}
          href={href}
          isLab={isLab}
          onCallChange={(call) => {
            callHref.current = call === 'going-on' ? href : undefined;
          }}
        />
      );
  }
}
