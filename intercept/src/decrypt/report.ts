/** The result as JSON and as text. Neither holds a key. */
import type { PayloadTypes } from './audio-codec.ts';
import { ssrcText } from './audio/recordings.ts';
import type { DecryptResult } from './decrypt-capture.ts';
import type { Endpoint, FiveTuple } from '../dissect/internet-layer.ts';

/** `--json`. Field names are stable; new ones may join. */
export interface DecryptReport {
  readonly file: string;
  readonly verdict: 'opened' | 'not-opened';
  readonly capture: {
    readonly packets: number;
    /** How the file ended, if not well; everything before counts. */
    readonly damage: { readonly reason: string; readonly offset: number } | null;
    readonly skippedRecords: number;
    readonly leftOut: Readonly<Record<string, number>>;
    readonly datagrams: Readonly<Record<string, number>>;
    readonly packetsBeyondBound: number;
  };
  readonly keys: {
    readonly candidates: readonly { readonly origin: string; readonly suite: string }[];
    /** Lines that are valid but not opened here, with the reason. */
    readonly ignored: readonly { readonly origin: string; readonly reason: string }[];
    readonly rocSearchesSkipped: number;
  };
  readonly streams: readonly StreamReport[];
  readonly rtcp: readonly RtcpReport[];
  readonly recordingsLeftOut: number;
}

export interface StreamReport {
  readonly ssrc: string;
  readonly from: string;
  readonly to: string;
  readonly payloadTypes: readonly number[];
  readonly packets: number;
  readonly authentic: number;
  readonly replayed: number;
  /** Behind the replay window. */
  readonly tooOld: number;
  /** Tag wrong, no key of that MKI, or not SRTP at all. */
  readonly notAuthentic: number;
  readonly lost: number;
  /** After the last authentic packet; null if there was none. */
  readonly roc: number | null;
  readonly suite: string | null;
  readonly key: string | null;
  readonly recordings: readonly {
    readonly codec: string;
    readonly wav: string | null;
    readonly seconds: number;
    readonly payloadsDecoded: number;
    readonly payloadsRefused: number;
    readonly timestampJumps: number;
  }[];
}

interface RtcpReport {
  readonly ssrc: string;
  readonly from: string;
  readonly to: string;
  readonly packets: number;
  readonly authentic: number;
  readonly replayed: number;
}

export function reportOf(
  result: DecryptResult,
  about: { readonly file: string } & Pick<DecryptReport['keys'], 'candidates' | 'ignored'>,
): DecryptReport {
  const streams = result.streams.map((stream): StreamReport => {
    const replayed = stream.rejected('replay');
    const tooOld = stream.rejected('too-old');
    return {
      ssrc: ssrcText(stream.identity.ssrc),
      ...pathTexts(stream.identity.path),
      payloadTypes: stream.payloadTypes,
      packets: stream.packets,
      authentic: stream.authentic,
      replayed,
      tooOld,
      notAuthentic: stream.packets - stream.authentic - replayed - tooOld,
      lost: stream.lost,
      roc: stream.roc ?? null,
      suite: stream.key?.suite ?? null,
      key: stream.key?.origin ?? null,
      recordings: (result.recordings.get(stream.identity) ?? []).map(
        ({ path, durationS, ...rest }) => ({ ...rest, wav: path ?? null, seconds: durationS }),
      ),
    };
  });
  return {
    file: about.file,
    verdict: streams.some(({ authentic }) => authentic > 0) ? 'opened' : 'not-opened',
    capture: {
      packets: result.packets,
      damage: result.end.damage ?? null,
      skippedRecords: result.end.skippedRecords,
      leftOut: result.leftOut,
      datagrams: result.datagrams,
      packetsBeyondBound: result.packetsBeyondBound,
    },
    keys: {
      candidates: about.candidates.map(({ origin, suite }) => ({ origin, suite })),
      ignored: about.ignored,
      rocSearchesSkipped: result.rocSearchesSkipped,
    },
    streams,
    rtcp: result.rtcpStreams.map(({ identity, packets, authentic, replayed }) => ({
      ssrc: ssrcText(identity.ssrc),
      ...pathTexts(identity.path),
      packets,
      authentic,
      replayed,
    })),
    recordingsLeftOut: result.recordingsLeftOut,
  };
}

function pathTexts({ from, to }: FiveTuple): { readonly from: string; readonly to: string } {
  return { from: endpointText(from), to: endpointText(to) };
}

function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const columns = ['SSRC', 'from', 'to', 'codec', 'packets', 'authentic', 'replayed', 'lost', 'ROC'];

/** For a terminal: a table of streams, then what else is to be known. */
export function reportText(report: DecryptReport, payloadTypes: PayloadTypes): string {
  const rows = report.streams.map((stream) => [
    stream.ssrc,
    stream.from,
    stream.to,
    stream.payloadTypes
      .slice(0, 2)
      .map((type) => payloadTypes.nameOf(type))
      .join(', '),
    ...[stream.packets, stream.authentic, stream.replayed, stream.lost].map(String),
    stream.roc === null ? '-' : String(stream.roc),
  ]);
  const lines = rows.length === 0 ? [] : [...alignedColumns([columns, ...rows]), ''];
  return [...lines, ...notes(report), verdictLine(report), ''].join('\n');
}

/** Text to the left, numbers to the right. */
function alignedColumns(rows: readonly (readonly string[])[]): string[] {
  const firstNumber = columns.indexOf('packets');
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i < firstNumber ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function notes({ capture, keys, streams, rtcp, recordingsLeftOut }: DecryptReport): string[] {
  const lines: string[] = [];
  for (const { ssrc, key, suite, recordings } of streams) {
    if (key !== null) lines.push(`${ssrc} opens with ${key} (${suite ?? ''})`);
    for (const { wav, seconds } of recordings) {
      if (wav !== null) lines.push(`${ssrc} recorded: ${wav}, ${seconds.toFixed(2)} s`);
    }
  }
  const rtcpPackets = sum(rtcp.map(({ packets }) => packets));
  if (rtcpPackets > 0) {
    lines.push(
      `SRTCP: ${rtcpPackets} packets, ${sum(rtcp.map(({ authentic }) => authentic))} authentic`,
    );
  }
  const dtls = capture.datagrams['dtls'] ?? 0;
  if (dtls > 0) lines.push(`DTLS: ${dtls} packets. A key agreed in DTLS is in no SDP.`);
  for (const [what, count] of Object.entries(capture.leftOut)) {
    if (count > 0) lines.push(`left out, ${leftOutWords[what] ?? what}: ${count} packets`);
  }
  if (capture.skippedRecords > 0) lines.push(`unusable records: ${capture.skippedRecords}`);
  if (capture.damage !== null) {
    lines.push(
      `the capture is ${capture.damage.reason} at byte ${capture.damage.offset}; read up to there`,
    );
  }
  if (capture.packetsBeyondBound > 0) {
    lines.push(`more streams than are followed: ${capture.packetsBeyondBound} packets left out`);
  }
  for (const { origin, reason } of keys.ignored) lines.push(`${origin} is not used: ${reason}`);
  if (keys.rocSearchesSkipped > 0) {
    lines.push('some streams were not searched for a roll-over counter: there were too many');
  }
  if (recordingsLeftOut > 0) lines.push(`not recorded, too many at once: ${recordingsLeftOut}`);
  return lines;
}

const leftOutWords: Readonly<Record<string, string>> = {
  'not-ip': 'not IP',
  'not-udp': 'not UDP',
  fragment: 'fragments',
  'cut-short': 'captured in part',
  unknownLinkType: 'of a link type that is not read',
};

function verdictLine({ streams, verdict }: DecryptReport): string {
  if (streams.length === 0) return 'no RTP stream in the capture';
  const opened = streams.filter(({ authentic }) => authentic > 0).length;
  return verdict === 'opened'
    ? `${opened} of ${streams.length} streams opened`
    : `none of ${streams.length} streams opened: no packet is authentic under any key given`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
