/** The start page with the engine behind it. */
import { useState } from 'preact/hooks';
import { createCall } from '../call/create-call.ts';
import { endReasonOf } from '../call/end-reason-of.ts';
import { toLink } from '../call/invite-link.ts';
import { reasons } from './reasons.ts';
import { comparePath, identityPath, navigate } from './route.ts';
import { StartPage, type CallChoice } from './start-page.tsx';

export interface StartScreenProps {
  readonly isLab: boolean;
}

export function StartScreen({ isLab }: StartScreenProps) {
  const [isCreating, setCreating] = useState(false);
  const [problem, setProblem] = useState<string>();

  const create = async (choice: CallChoice): Promise<void> => {
    setCreating(true);
    setProblem(undefined);
    try {
      navigate(toLink(await createCall(choice), location.origin));
    } catch (error) {
      const { title, action } = reasons[endReasonOf(error)];
      setProblem(`${title}. ${action}`);
      setCreating(false);
    }
  };

  return (
    <StartPage
      isLab={isLab}
      isCreating={isCreating}
      problem={problem}
      onCreate={(choice) => void create(choice)}
      onHome={() => navigate('/')}
      onIdentity={() => navigate(identityPath)}
      onCompare={() => navigate(comparePath)}
    />
  );
}
