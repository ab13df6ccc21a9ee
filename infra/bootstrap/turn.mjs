/**
 * A TURN server for the lab: coturn, installed where apt can do it. One attack needs it and says so where there is none, so
 * this step stops nobody.
 */
import { ensureAptPackages } from './apt.mjs';
import { runCommand } from './command.mjs';
import { BootstrapFailure } from './failure.mjs';

const startTimeoutMs = 10_000;
const serviceTimeoutMs = 60_000;

/** @param {import('./context.mjs').Context} context */
export async function ensureTurn(context) {
  const step = context.progress.step('turn');
  const version = await versionOf(context);
  if (version !== undefined) {
    step.done(`coturn ${version}`);
    return;
  }
  try {
    await ensureAptPackages({
      names: ['coturn'],
      purpose: 'To relay calls through a TURN server',
      onProgress: (text) => step.update(text),
    });
  } catch (error) {
    if (!(error instanceof BootstrapFailure)) throw error;
    step.done(`no coturn, and what needs it is not run; to have it: ${error.remedy}`);
    return;
  }
  // Debian starts it at once, for everybody. The lab starts its own, on loopback. Fails where no service was started.
  await runCommand({
    command: 'systemctl',
    args: ['disable', '--now', 'coturn'],
    timeoutMs: serviceTimeoutMs,
  });
  step.done(`coturn ${(await versionOf(context)) ?? ''}, installed`);
}

/** @param {import('./context.mjs').Context} context */
async function versionOf({ env }) {
  const { code, output } = await runCommand({
    command: 'turnserver',
    args: ['--version'],
    env,
    timeoutMs: startTimeoutMs,
  });
  return code === null ? undefined : (output.trim().split('\n').at(-1) ?? '');
}
