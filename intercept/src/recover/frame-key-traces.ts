/** What the frame keys of a call look like in the memory of a browser that seals or opens under them. */
import {
  decodeKeyId,
  defaultFrameSuite,
  frameSuiteTable,
  parseHeader,
} from '@earshot/keying/sframe';
import { deriveFrameKeys, ratchetBaseKey } from '@earshot/keying/sframe/key-schedule';
import { FrameCipher } from '@earshot/keying/web-assembly/frame-cipher';
import { openSframe, type OpenSframeOptions } from './sframe-open.ts';
import { traceOf, type Trace } from './trace-search.ts';

export interface FrameKeyTraces {
  /** What has to be there as long as frames are sealed or opened. */
  readonly kept: readonly Trace[];
  /** What is needed only on the way to that. */
  readonly passing: readonly Trace[];
}

const suite = defaultFrameSuite;
const hmacStatesBytes = 2 * 32;
const roundKeyBytes = 128;
const cipher = new FrameCipher();

/**
 * One per ratchet step under which tapped packets are authentic, oldest first.
 * @param sender how the secrets are called
 */
export function frameKeyTraces(sender: string, options: OpenSframeOptions): FrameKeyTraces[] {
  const traces: FrameKeyTraces[] = [];
  const seen = new Set<bigint>();
  for (const packet of options.packets) {
    const kid = parseHeader(packet.payload)?.kid;
    const id = kid === undefined ? undefined : decodeKeyId(kid);
    if (kid === undefined || id === undefined || seen.has(kid)) continue;
    seen.add(kid);
    const [drawn] = openSframe({ ...options, packets: [packet] }).keysUsed;
    if (drawn === undefined) continue;
    let baseKey = drawn;
    for (let step = 0; step < id.step; step++) baseKey = ratchetBaseKey(suite, baseKey);
    const name = `${sender}, generation ${String(id.generation)}, step ${String(id.step)}`;
    traces.push(tracesOfKey(name, { kid, baseKey }));
  }
  return traces;
}

interface FrameKey {
  readonly kid: bigint;
  readonly baseKey: Uint8Array;
}

function tracesOfKey(name: string, { kid, baseKey }: FrameKey): FrameKeyTraces {
  const { key } = deriveFrameKeys(suite, kid, baseKey);
  const { encryptionKeyBytes } = frameSuiteTable[suite];
  const prepared = cipher.prepareKey(
    key.subarray(0, encryptionKeyBytes),
    key.subarray(encryptionKeyBytes),
  );
  return {
    kept: [
      traceOf(`base key of ${name}`, baseKey),
      traceOf(`HMAC states of ${name}`, prepared.subarray(-hmacStatesBytes)),
      // Of bytes that are 0 or 255: pieces shorter than one round's are everywhere.
      traceOf(`round keys of ${name}`, prepared.subarray(0, -hmacStatesBytes), roundKeyBytes),
    ],
    passing: [traceOf(`derived keys of ${name}`, key)],
  };
}
