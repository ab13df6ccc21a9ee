import { parseArgs } from 'node:util';
import { audioCodecs, findAudioCodec } from './audio-codec.ts';
import { DecryptError } from './decrypt-error.ts';

export const usage = `Usage: decrypt FILE [--sdp FILE]... [--crypto LINE]... [--key BASE64 --suite NAME] [options]

Opens the SRTP streams of a capture (pcap or pcapng) with keys from signaling (RFC 4568).

  --sdp FILE        every a=crypto and a=rtpmap line in FILE: offer, answer, or both
  --crypto LINE     one a=crypto line
  --key BASE64      master key and salt, with --suite: AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32,
                    AEAD_AES_128_GCM or AEAD_AES_256_GCM
  --codec PT=NAME   what a payload type is: opus, pcmu, pcma or g722
  --out DIR         a WAV file for each stream that opened
  --max-roc N       roll-over counters tried for a stream that began before the capture; default 65536
  --json            the result as JSON

Exit code: 0 a stream was opened, 1 none was, 2 the command could not do its work.
`;

export interface DecryptArguments {
  readonly capture: string;
  readonly sdpFiles: readonly string[];
  readonly cryptoLines: readonly string[];
  readonly keys: readonly string[];
  readonly suite: string | undefined;
  readonly codecs: readonly (readonly [number, string])[];
  readonly outFolder: string | undefined;
  readonly maxRoc: number;
  readonly format: 'text' | 'json';
}

/** 2.7 years of voice at 50 packets a second. */
const defaultMaxRoc = 2 ** 16;
/** Ten seconds or so for each stream that does not open. */
const largestMaxRoc = 2 ** 22;

/**
 * @returns 'help' if that is what was asked for.
 * @throws DecryptError `usage`
 */
export function readArguments(args: readonly string[]): DecryptArguments | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [capture, ...more] = positionals;
  if (capture === undefined) throw usageError('name a capture file');
  if (more.length > 0) throw usageError('one capture file at a time');
  const suite = values.suite;
  if (values.key.length > 0 !== (suite !== undefined)) {
    throw usageError('--key and --suite go together');
  }
  return {
    capture,
    sdpFiles: values.sdp,
    cryptoLines: values.crypto,
    keys: values.key,
    suite,
    codecs: values.codec.map(readCodec),
    outFolder: values.out,
    maxRoc: readMaxRoc(values['max-roc']),
    format: values.json ? 'json' : 'text',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        sdp: { type: 'string', multiple: true, default: [] },
        crypto: { type: 'string', multiple: true, default: [] },
        key: { type: 'string', multiple: true, default: [] },
        suite: { type: 'string' },
        codec: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        'max-roc': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    // The first sentence; the rest is advice about positional arguments.
    const message = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : 'unknown';
    throw usageError(message);
  }
}

function readCodec(text: string): readonly [number, string] {
  const { type = '', name = '' } = /^(?<type>\d{1,3})=(?<name>\S+)$/.exec(text)?.groups ?? {};
  const codec = findAudioCodec(name);
  if (type === '' || Number(type) > 127 || codec === undefined) {
    throw usageError(`--codec is a payload type, "=" and one of ${audioCodecs.join(', ')}`);
  }
  return [Number(type), codec];
}

function readMaxRoc(text: string | undefined): number {
  if (text === undefined) return defaultMaxRoc;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > largestMaxRoc) {
    throw usageError(`--max-roc is a number up to ${largestMaxRoc}`);
  }
  return count;
}

function usageError(message: string): DecryptError {
  return new DecryptError('usage', `${message}; --help shows what there is`);
}
