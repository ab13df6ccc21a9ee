import {
  placeSdesBrowserCall,
  type SdesBrowserCall,
} from '../stage/chromium-92/sdes-browser-call.ts';
import { Chromium92Unavailable } from '../stage/chromium-92/package.ts';
import { oncePerStack } from '../stage/once-per-stack.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import type { RunContext } from '../lab/run-context.ts';
import { wireEvidence } from '../lab/wire-evidence.ts';

const calls = oncePerStack<SdesBrowserCall>();
/** With the browser's way from a registry. */
const timeoutMs = 600_000;

export default defineAttack({
  id: 'K14',
  title: 'The last browsers with SDES',
  question:
    'Does a captured call between two browsers of 2021 open with the key that the operator kept?',
  power: 'wire',
  cells: [{ mode: 'sdes', topology: 'direct' }],
  quick: 'none',
  claim: ({ row }) => ({ outcome: row.keysHeldBy === 'signaling' ? 'falls' : 'resists' }),
  run: async (context) => {
    const call = await sharedCall(context);
    return opened(call, call.record);
  },
  timeoutMs,
  controls: [
    {
      id: 'without-the-log',
      title: 'the same capture, without what the operator kept',
      proves: { outcome: 'resists' },
      run: async (context) => opened(await sharedCall(context), new SignalingRecord('')),
      timeoutMs,
    },
  ],
});

async function sharedCall(context: RunContext): Promise<SdesBrowserCall> {
  const stack = await context.sharedStack();
  try {
    return await calls(stack, 'chromium-92', () => placeSdesBrowserCall(stack));
  } catch (cause) {
    if (!(cause instanceof Chromium92Unavailable)) throw cause;
    throw new LabError('unavailable', cause.message, { cause });
  }
}

async function opened(call: SdesBrowserCall, record: SignalingRecord): Promise<Evidence> {
  const evidence = await wireEvidence(call, record);
  const offer = record.messages.find(({ verb }) => verb === 'offer')?.payload['sdp'];
  const hasDtls = typeof offer === 'string' && /^a=(fingerprint|setup):/m.test(offer);
  return {
    ...evidence,
    tried: `Two Chromium 92 called each other with a=crypto lines; the capture was tried with everything in the ${String(record.messages.length)} messages that the server had kept.`,
    obtained: {
      ...evidence.obtained,
      'the offer names a DTLS fingerprint': hasDtls ? 'yes' : 'no',
      ...Object.fromEntries(
        call.people.map(({ speaker, reception }) => [
          `packets that ${speaker} received`,
          reception.packets,
        ]),
      ),
    },
  };
}
