/**
 * Who is within earshot, as a picture: two people, the server, and the path of the sound. Filled
 * waves surround whoever hears. The same facts stand beside it in words, so it is hidden from
 * screen readers.
 */
import type { KeyingMode, ServerHears, Topology } from '@earshot/keying/mode';

export interface EarshotDiagramProps {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly serverHears: ServerHears;
}

/** Places of the three in the drawing, which is 240 by 92 units. */
const you = { x: 34, y: 58 };
const them = { x: 206, y: 58 };
const serverAt: Readonly<Record<Topology, { readonly x: number; readonly y: number }>> = {
  /** Off the path of the sound: only messages pass it. */
  direct: { x: 120, y: 26 },
  room: { x: 120, y: 58 },
};

export function EarshotDiagram({ mode, topology, serverHears }: EarshotDiagramProps) {
  const server = serverAt[topology];
  return (
    <svg class={`diagram mode-${mode}`} viewBox="0 0 240 92" aria-hidden="true" focusable="false">
      {topology === 'direct' ? (
        <>
          <path
            class="diagram-messages"
            d={`M${you.x} ${you.y}L${server.x} ${server.y}L${them.x} ${them.y}`}
          />
          <path class="diagram-sound" d={`M${you.x} ${you.y}H${them.x}`} />
        </>
      ) : (
        <path class="diagram-sound" d={`M${you.x} ${you.y}H${them.x}`} />
      )}
      <Waves x={you.x} y={you.y} hears="always" />
      <Waves x={them.x} y={them.y} hears="always" />
      <Waves x={server.x} y={server.y} hears={serverHears} />
      <Person x={you.x} y={you.y} />
      <Person x={them.x} y={them.y} />
      <Server x={server.x} y={server.y} hears={serverHears} />
    </svg>
  );
}

interface NodeProps {
  readonly x: number;
  readonly y: number;
}

interface HearingProps extends NodeProps {
  readonly hears: ServerHears;
}

function Waves({ x, y, hears }: HearingProps) {
  if (hears === 'never') return null;
  return (
    <g class={`diagram-waves diagram-waves-${hears}`}>
      <circle cx={x} cy={y} r="25" />
      <circle cx={x} cy={y} r="19" />
    </g>
  );
}

function Person({ x, y }: NodeProps) {
  return (
    <g class="diagram-person">
      <circle class="diagram-plate" cx={x} cy={y} r="14" />
      <circle class="diagram-fill" cx={x} cy={y - 4} r="4.2" />
      <path class="diagram-fill" d={`M${x - 7.5} ${y + 8.5}a7.5 7 0 0 1 15 0z`} />
    </g>
  );
}

function Server({ x, y, hears }: HearingProps) {
  return (
    <g class={`diagram-server diagram-server-${hears}`}>
      <rect class="diagram-plate" x={x - 13} y={y - 13} width="26" height="26" rx="6" />
      <path class="diagram-stroke" d={`M${x - 7} ${y - 4.5}h14M${x - 7} ${y + 4.5}h14`} />
      {hears === 'never' && (
        <path class="diagram-strike" d={`M${x - 16} ${y + 16}L${x + 16} ${y - 16}`} />
      )}
    </g>
  );
}
