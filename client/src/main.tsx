import './platform/zod-without-eval.ts';
import { render } from 'preact';
import { renderPerFrame } from './views/render-per-frame.ts';
import { App } from './views/app.tsx';

const root = document.getElementById('root');
if (root === null) throw new TypeError('index.html has no #root');
renderPerFrame();
render(<App />, root);
