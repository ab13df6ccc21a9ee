/** The report's looks. No script, no font and no file from anywhere else. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f5f2, #131417);
  --card: light-dark(#ffffff, #1c1e22);
  --sunken: light-dark(#f0eeea, #17181c);
  --ink: light-dark(#1d1e20, #ecebe7);
  --soft: light-dark(#5c5e63, #a3a6ad);
  --line: light-dark(#dedbd4, #34373d);
  --falls: light-dark(#b3261e, #ff8a7a);
  --falls-wash: light-dark(#fbe9e6, #3a2020);
  --resists: light-dark(#1f6b4a, #6fd3a4);
  --resists-wash: light-dark(#e4f3ea, #17322a);
  --doubt: light-dark(#8a5a00, #f2c14e);
  --doubt-wash: light-dark(#fdf1d6, #3a2f14);
  --series-0: light-dark(#2b5fb4, #7fb0ff);
  --series-1: light-dark(#b5541c, #ffab73);
  --series-2: light-dark(#23774f, #74d6a3);
  --series-3: light-dark(#7a3f9c, #d3a2f2);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main, header { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2.5rem; }
h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: .1rem 0 .2rem; text-wrap: balance; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; max-width: 68ch; }
a { color: inherit; }
.soft { color: var(--soft); }
.small { font-size: .85rem; }
.eyebrow { color: var(--soft); font-size: .85rem; margin: 0; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .8rem 0 1.6rem; padding: 0; list-style: none; color: var(--soft); font-size: .85rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid var(--series-0); outline-offset: 2px; }
.matrix { border-collapse: collapse; width: 100%; font-size: .9rem; }
.matrix th, .matrix td { padding: .5rem .6rem; border-bottom: 1px solid var(--line); text-align: center; white-space: nowrap; }
.matrix tbody tr:last-child > * { border-bottom: 0; }
.matrix thead th { font-weight: 600; }
.matrix thead .of-topology { font-weight: 400; color: var(--soft); }
.matrix tbody th { text-align: left; font-weight: 500; position: sticky; left: 0; background: var(--card); }
.matrix tbody th a { text-decoration: none; }
.matrix tbody th a:hover span { text-decoration: underline; }
.id { display: inline-block; min-width: 2.2rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.none { color: var(--soft); opacity: .5; }
.chip { display: inline-flex; align-items: center; gap: .35em; padding: .1rem .55rem; border-radius: 99px; font-weight: 600; font-size: .85rem; text-decoration: none; white-space: nowrap; }
.chip svg { width: .8em; height: .8em; flex: none; }
.falls { color: var(--falls); background: var(--falls-wash); }
.resists { color: var(--resists); background: var(--resists-wash); }
.unclear, .not-run { color: var(--doubt); background: var(--doubt-wash); }
.unexpected { outline: 2px solid var(--doubt); outline-offset: 1px; }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .7rem 0 0; font-size: .85rem; color: var(--soft); }
section { margin-top: 3rem; }
section > header { padding: 0; max-width: none; margin-bottom: 1rem; }
.cell { background: var(--card); border: 1px solid var(--line); border-radius: 12px; margin: 0 0 1rem; overflow: hidden; scroll-margin-top: 1rem; }
.cell > header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .8rem; max-width: none; margin: 0; padding: .8rem 1rem; border-bottom: 1px solid var(--line); }
.runs { display: grid; grid-template-columns: minmax(0, 4fr) minmax(0, 3fr); }
.run { padding: 1rem; min-width: 0; }
.controls { background: var(--sunken); border-left: 1px solid var(--line); min-width: 0; }
.controls .run + .run { border-top: 1px solid var(--line); }
.run > h4 { margin: 0 0 .4rem; font-size: .85rem; font-weight: 600; color: var(--soft); display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; margin: .5rem 0; }
.controls figure img, .controls .silence { height: 4.5rem; }
.controls audio { height: 1.8rem; }
.controls .measure { margin: .7rem 0 1rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .85rem; color: var(--soft); margin-bottom: .2rem; }
figure img, .silence { display: block; width: 100%; height: 7rem; object-fit: fill; border-radius: 6px; background: #000004; }
.silence { color: #a3a6ad; display: grid; place-items: center; font-size: .85rem; }
audio { display: block; width: 100%; height: 2.2rem; margin-top: .35rem; }
.measure { margin: .9rem 0 1.3rem; }
.meter { position: relative; height: .55rem; border-radius: 99px; background: var(--sunken); border: 1px solid var(--line); margin: .35rem 0 .2rem; }
.controls .meter { background: var(--card); }
.meter i { position: absolute; inset: -1px auto -1px -1px; border-radius: 99px; background: currentColor; min-width: .55rem; }
.meter b { position: absolute; top: -.25rem; bottom: -.25rem; width: 2px; background: var(--soft); }
.score { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .85rem; }
.score strong { font-variant-numeric: tabular-nums; }
.ink-falls { color: var(--falls); } .ink-resists { color: var(--resists); } .ink-unclear { color: var(--doubt); }
blockquote { margin: .4rem 0; padding: .1rem 0 .1rem .8rem; border-left: 3px solid var(--line); font-style: italic; }
details { font-size: .85rem; margin-top: .6rem; }
summary { cursor: pointer; color: var(--soft); padding: .3rem 0; }
dl { display: grid; grid-template-columns: minmax(8rem, auto) minmax(0, 1fr); gap: .15rem .8rem; margin: .3rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.files { list-style: none; margin: .3rem 0; padding: 0; }
.files li { padding: .15rem 0; overflow-wrap: anywhere; }
code { font: .82rem/1.4 ui-monospace, monospace; color: var(--soft); overflow-wrap: anywhere; }
.plot { width: 100%; height: auto; font-size: 11px; fill: var(--soft); }
.plot .axis { stroke: var(--line); fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; margin: 0; padding: 0; list-style: none; }
.legend i { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .35rem; }
.diff { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
.diff pre { margin: 0; padding: .6rem; border-radius: 6px; background: var(--sunken); border: 1px solid var(--line); font: .78rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22rem; overflow: auto; }
footer { max-width: 72rem; margin: 3rem auto; padding: 0 1rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 46rem) {
  .runs, .diff { grid-template-columns: minmax(0, 1fr); }
  .controls { border-left: 0; border-top: 1px solid var(--line); }
  .matrix th, .matrix td { padding: .45rem .5rem; }
  .matrix tbody th span { display: none; }
  figure img, .silence { height: 5.5rem; }
}
@media (max-width: 26rem) { .pair { grid-template-columns: 1fr; } }
`;
