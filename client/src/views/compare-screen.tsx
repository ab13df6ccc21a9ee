/** The comparison of modes, with what this server has measured of them, if anything. */
import { useEffect, useState } from 'preact/hooks';
import { ComparePage } from './compare-page.tsx';
import { navigate } from './route.ts';

export interface CompareScreenProps {
  readonly isLab: boolean;
}

export function CompareScreen({ isLab }: CompareScreenProps) {
  const [report, setReport] = useState<string>();
  useEffect(() => {
    findReport().then(setReport, () => undefined);
  }, []);
  return <ComparePage isLab={isLab} report={report} onHome={() => navigate('/')} />;
}

/** Path of the newest report of `npm run compare`; undefined where the server has none. */
async function findReport(): Promise<string | undefined> {
  const response = await fetch('/compare/newest.json');
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('report' in answer)) return undefined;
  return typeof answer.report === 'string' ? answer.report : undefined;
}
