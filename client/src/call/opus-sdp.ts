/**
 * Opus in session descriptions (RFC 7587). Applied to every description that is sent and, because
 * the relay could undo it, again to every one that is received.
 */
import type { KeyingMode } from '@earshot/keying/mode';

/** RFC 6464: the loudness of each packet, readable by whoever forwards it. */
const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
/** RFC 6465: the loudness of each contributor. */
const mixerLevelUri = 'urn:ietf:params:rtp-hdrext:csrc-audio-level';

/** Speech: one channel, in-band error correction (RFC 7587 section 6.1). */
const speechParameters: Readonly<Record<string, string>> = {
  minptime: '10',
  useinbandfec: '1',
  stereo: '0',
  'sprop-stereo': '0',
};

/** Every frame of one size, and one every 20 ms: sizes and gaps tell what is said through any encryption. */
export const constantBitrateParameters: Readonly<Record<string, string>> = {
  cbr: '1',
  usedtx: '0',
};

/** What a description says about Opus, replaced by what this mode allows. Other lines stay as they are. */
export function restrictOpus(sdp: string, mode: KeyingMode): string {
  const lines = sdp.split('\r\n');
  const payloadTypes = lines.flatMap((line) => /^a=rtpmap:(\d+) opus\//i.exec(line)?.[1] ?? []);
  const parameters =
    mode === 'e2ee' ? { ...speechParameters, ...constantBitrateParameters } : speechParameters;
  return lines
    .filter((line) => mode !== 'e2ee' || !isLevelExtension(line))
    .filter((line) => !payloadTypes.some((type) => line.startsWith(`a=fmtp:${type} `)))
    .flatMap((line) => {
      const type = payloadTypes.find((candidate) => line.startsWith(`a=rtpmap:${candidate} `));
      return type === undefined ? [line] : [line, formatLine(type, parameters)];
    })
    .join('\r\n');
}

function isLevelExtension(line: string): boolean {
  return (
    line.startsWith('a=extmap:') && (line.includes(audioLevelUri) || line.includes(mixerLevelUri))
  );
}

function formatLine(payloadType: string, parameters: Readonly<Record<string, string>>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `a=fmtp:${payloadType} ${list.join(';')}`;
}
