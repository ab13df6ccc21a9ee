import './platform/zod-without-eval.ts';
import { render } from 'preact';
import { drawingPace } from './views/drawing-pace.ts';
import { App } from './views/app.tsx';

const root = document.getElementById('root');
if (root === null) throw new TypeError('index.html has no #root');
drawingPace.begin(document);
render(<App />, root);
