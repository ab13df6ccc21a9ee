/** What the report adds to the looks of the lab's. A file of its own: the server's policy allows nothing inline. */
import { style as labStyle } from '@earshot/intercept/lab/page/style';

export const style = `${labStyle}
.of-sdes { --mode: var(--series-1); }
.of-dtls { --mode: var(--series-0); }
.of-e2ee { --mode: var(--series-2); }
.dot { fill: var(--mode); fill-opacity: .45; }
.range { stroke: var(--mode); stroke-opacity: .5; stroke-width: 2; }
.median { stroke: var(--mode); stroke-width: 3; stroke-linecap: round; }
.curve { stroke: var(--mode); stroke-width: 2; fill: none; }
.curve.in-room { stroke-dasharray: 5 4; }
.legend .swatch { background: var(--mode); border-radius: 50%; }
.legend .swatch.in-room { background: none; border: 2px dashed var(--mode); }
.step-0 { fill: var(--soft); background: var(--soft); }
.step-1 { fill: var(--series-3); background: var(--series-3); }
.step-2 { fill: var(--series-0); background: var(--series-0); }
.step-3 { fill: light-dark(#8fb4ea, #36598f); background: light-dark(#8fb4ea, #36598f); }
.step-4 { fill: var(--series-1); background: var(--series-1); }
.step-5 { fill: var(--series-2); background: var(--series-2); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; margin: 1rem 0; align-items: start; }
.plot-figure { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .8rem 1rem; margin: 0; }
.plot-figure .plot { font-size: 12px; }
.figures { border-collapse: collapse; width: 100%; font-size: .9rem; }
.figures th, .figures td { padding: .5rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; font-variant-numeric: tabular-nums; }
.figures tbody tr:last-child > * { border-bottom: 0; }
.figures th:first-child { text-align: left; font-weight: 500; position: sticky; left: 0; background: var(--card); min-width: 9rem; }
.figures thead th { font-weight: 600; white-space: nowrap; }
.figures small { display: block; color: var(--soft); white-space: nowrap; }
.figures strong { font-weight: 600; white-space: nowrap; }
.words td { text-align: left; min-width: 9rem; font-variant-numeric: normal; }
.words thead th + th { text-align: left; }
.starts { border-left: 1px solid var(--line); }
.bars { list-style: none; padding: 0; display: grid; gap: .35rem; margin: 1rem 0; }
.bars li { display: grid; grid-template-columns: max-content 1fr; align-items: baseline; gap: .2rem .7rem; }
.bars .chip { min-width: 5.2rem; justify-content: center; justify-self: start; }
.bars .soft { margin-inline-start: .4rem; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  .bars { gap: 1rem; }
  .bars li { grid-template-columns: 1fr; }
  .bars .soft { display: block; margin: 0; }
}
.parts .figures th, .parts .figures td { white-space: nowrap; }
`;
