/** Session descriptions of a native SDES endpoint (RFC 8866): one Opus stream over RTP/SAVP, no ICE. */
import { KeyingError } from '@earshot/keying/errors';

export interface UdpAddress {
  /** IPv4. */
  readonly address: string;
  readonly port: number;
}

export interface AudioDescription extends UdpAddress {
  /** Of Opus, dynamic. */
  readonly payloadType: number;
}

/** RFC 8839 section 4.4.2: what a description names before candidates are known. */
const discardPort = 9;

/** Without `a=crypto` lines, which keying/sdes adds. RTP and RTCP share the port (RFC 5761). */
export function writeDescription(audio: AudioDescription): string {
  const { address, port, payloadType } = audio;
  return [
    'v=0',
    `o=- ${port} 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/SAVP ${payloadType}`,
    `a=rtpmap:${payloadType} opus/48000/2`,
    'a=ptime:20',
    'a=rtcp-mux',
    'a=sendrecv',
    '',
  ].join('\r\n');
}

/**
 * Where the other side of the first audio section hears, from c= and m=; where those name no place yet
 * (port 9, or 0.0.0.0), from the first UDP candidate (RFC 8839 section 5.1).
 *
 * @throws KeyingError `malformed` for a description without a usable audio stream: none, rejected (port
 * 0), not RTP/SAVP or RTP/SAVPF, without Opus, or without an IPv4 address.
 */
export function readDescription(sdp: string): AudioDescription {
  const lines = sdp.split(/\r\n|\n/);
  const start = lines.findIndex((line) => line.startsWith('m=audio '));
  if (start < 0) throw malformed('no audio stream');
  const sessionLines = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  );
  const end = lines.findIndex((line, i) => i > start && line.startsWith('m='));
  const mediaLines = lines.slice(start, end < 0 ? undefined : end);
  const port = readMediaPort(mediaLines[0] ?? '');
  const payloadType = first(mediaLines, /^a=rtpmap:(\d{1,3}) opus\/48000/i)?.[1];
  if (payloadType === undefined || Number(payloadType) > 127) throw malformed('no Opus');
  const connection = /^c=IN IP4 ([\d.]+)/;
  const address = (first(mediaLines, connection) ?? first(sessionLines, connection))?.[1];
  const named = { address: address ?? '0.0.0.0', port };
  const place = isPlace(named) ? named : firstCandidate(mediaLines);
  if (place === undefined || !isPlace(place)) throw malformed('no address to send to');
  return { ...place, payloadType: Number(payloadType) };
}

function readMediaPort(line: string): number {
  const match = /^m=audio (\d{1,5})(?:\/\d+)? RTP\/SAVPF? /.exec(line);
  const port = Number(match?.[1] ?? 0);
  if (port < 1 || port > 65_535) throw malformed('the stream is rejected, or not RTP/SAVP');
  return port;
}

function firstCandidate(lines: readonly string[]): UdpAddress | undefined {
  const match = first(lines, /^a=candidate:\S+ 1 udp \d+ ([\d.]+) (\d{1,5}) /i);
  return match === undefined
    ? undefined
    : { address: match[1] ?? '0.0.0.0', port: Number(match[2]) };
}

function isPlace({ address, port }: UdpAddress): boolean {
  return address !== '0.0.0.0' && port !== discardPort;
}

function first(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return undefined;
}

function malformed(message: string): KeyingError {
  return new KeyingError('malformed', message);
}
