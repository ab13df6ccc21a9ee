/** The plain statement of who can hear a call, with its picture: on the join page and in the call's details. */
import { modes, type KeyingMode, type Topology } from '@earshot/keying/mode';
import { EarshotDiagram } from './earshot-diagram.tsx';
import { ModeMark } from './mode-mark.tsx';
import { keyOriginWords } from './wording.ts';

export interface WhoCanHearProps {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

export function WhoCanHear({ mode, topology }: WhoCanHearProps) {
  return (
    <div class={`hearing mode-${mode}`}>
      <EarshotDiagram mode={mode} topology={topology} />
      <ModeMark mode={mode} />
      <p class="hearing-statement" data-testid="who-can-hear">
        {modes[mode].whoCanHear[topology]}
      </p>
      <p class="quiet">{keyOriginWords[mode]}</p>
    </div>
  );
}
