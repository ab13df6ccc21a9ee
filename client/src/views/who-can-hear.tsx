/** The plain statement of who can hear a call, with its picture: on the join page and in the call's details. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { EarshotDiagram } from './earshot-diagram.tsx';
import { hearingOf, type Proof } from './hearing.ts';
import { ModeMark } from './mode-mark.tsx';
import { keyOriginWords } from './wording.ts';

export interface WhoCanHearProps {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly proof: Proof;
}

export function WhoCanHear({ mode, topology, proof }: WhoCanHearProps) {
  const { serverHears, statement } = hearingOf({ mode, topology, proof });
  return (
    <div class={`hearing mode-${mode}`}>
      <EarshotDiagram mode={mode} topology={topology} serverHears={serverHears} />
      <ModeMark mode={mode} />
      <p class="hearing-statement" data-testid="who-can-hear">
        {statement}
      </p>
      <p class="quiet">{keyOriginWords[mode]}</p>
    </div>
  );
}
