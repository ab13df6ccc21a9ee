/** Joins the session with what shows it. */
import { useEffect, useState } from 'preact/hooks';
import { LabPage } from './lab-page.tsx';
import { LabSession } from './lab-session.ts';
import { beforeAnything } from './lab-state.ts';

export interface LabScreenProps {
  readonly callId: string;
}

export function LabScreen({ callId }: LabScreenProps) {
  const [state, setState] = useState(beforeAnything);
  const [session, setSession] = useState<LabSession>();
  useEffect(() => {
    const opened = new LabSession({ callId, onState: setState });
    setSession(opened);
    return () => opened.close();
  }, [callId]);

  return (
    <LabPage
      state={state}
      onListen={() => session?.listen()}
      onStop={() => session?.stopListening()}
      onPaint={(personId, picture, onColumn) =>
        session?.paint(personId, picture, onColumn) ?? (() => undefined)
      }
    />
  );
}
