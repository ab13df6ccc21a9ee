/**
 * What an SDP file (RFC 8866) says about keys and payload types. Read line by line and not as a whole:
 * people paste offer and answer, or the SIP messages around them, into one file.
 */

export interface DescribedCall {
  /** `a=crypto` lines (RFC 4568) in the order of the file, with their line numbers from 1. */
  readonly cryptoLines: readonly { readonly line: string; readonly lineNumber: number }[];
  /** Encoding names by payload type, from `a=rtpmap` (RFC 8866 section 6.6). */
  readonly encodingNames: readonly (readonly [number, string])[];
}

const rtpMapPattern = /^a=rtpmap:(?<type>\d{1,3})[ \t]+(?<name>[!-.0-~]+)\//;
/** Payload types have 7 bits. */
const maxPayloadType = 127;

export function readSessionDescription(text: string): DescribedCall {
  const cryptoLines: { line: string; lineNumber: number }[] = [];
  const encodingNames: (readonly [number, string])[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const line = raw.trim();
    if (line.startsWith('a=crypto:')) cryptoLines.push({ line, lineNumber: index + 1 });
    const { type = '', name = '' } = rtpMapPattern.exec(line)?.groups ?? {};
    if (name !== '' && Number(type) <= maxPayloadType) encodingNames.push([Number(type), name]);
  });
  return { cryptoLines, encodingNames };
}
