/** `npm run intercept`: what somebody with power over the server can hear, tried for real. */
import process from 'node:process';
import { runClientManifest } from './client-check/main.ts';
import { runDecrypt } from './decrypt/main.ts';
import { runExplore } from './explore/main.ts';
import { runLab } from './lab/run-lab.ts';

const [command, ...rest] = process.argv.slice(2);

process.exitCode = await dispatch();

function dispatch(): Promise<number> {
  const io = { stdout: process.stdout, stderr: process.stderr };
  if (command === 'client-manifest') return runClientManifest(rest, io);
  if (command === 'decrypt') return runDecrypt(rest, io);
  if (command === 'explore') return runExplore(rest, io);
  return runLab(process.argv.slice(2), io);
}
