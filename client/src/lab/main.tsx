/** "What the server sees": the operator's page beside a call. Served by the operator's listener, in the lab only. */
import '../platform/zod-without-eval.ts';
import { render } from 'preact';
import { LabScreen } from './lab-screen.tsx';

const root = document.getElementById('root');
if (root === null) throw new TypeError('lab.html has no #root');
const callId = /^\/lab\/([^/]+)$/.exec(location.pathname)?.[1] ?? '';
render(<LabScreen callId={callId} />, root);
