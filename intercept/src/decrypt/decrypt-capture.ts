/** A capture, some keys: what opens, as numbers and as recordings. */
import { openFileSource, type ByteSource } from '../dissect/byte-source.ts';
import { readCapture, type CaptureEnd, type CapturePackets } from '../dissect/capture.ts';
import { readUdp, type NoDatagram } from '../dissect/internet-layer.ts';
import { ipPacketOf, isSupportedLinkType } from '../dissect/link-layer.ts';
import type { PayloadTypes } from './audio-codec.ts';
import type { RecordingResult } from './audio/recording.ts';
import { Recordings } from './audio/recordings.ts';
import type { CandidateKey } from './candidate-key.ts';
import { DecryptError, reasonOf } from './decrypt-error.ts';
import { KeySearch } from './key-search.ts';
import type { RtcpStream } from './rtcp-stream.ts';
import type { RtpStream, StreamIdentity } from './rtp-stream.ts';
import { StreamTable } from './stream-table.ts';

export interface DecryptOptions {
  /** Path of a file, or of a pipe. */
  readonly capture: string;
  readonly keys: readonly CandidateKey[];
  readonly payloadTypes: PayloadTypes;
  readonly maxRoc: number;
  /** Where WAV files go; undefined: nothing is decoded. */
  readonly outFolder: string | undefined;
}

/** Packets that were read but hold no datagram, by reason. */
export type LeftOutPackets = Readonly<Record<NoDatagram | 'unknownLinkType', number>>;

export interface DecryptResult {
  readonly packets: number;
  readonly end: CaptureEnd;
  readonly leftOut: LeftOutPackets;
  /** Datagrams by kind. */
  readonly datagrams: Readonly<Record<string, number>>;
  readonly streams: readonly RtpStream[];
  readonly rtcpStreams: readonly RtcpStream[];
  readonly recordings: ReadonlyMap<StreamIdentity, readonly RecordingResult[]>;
  readonly recordingsLeftOut: number;
  readonly packetsBeyondBound: number;
  readonly rocSearchesSkipped: number;
}

/** @throws DecryptError */
export async function decryptCapture(options: DecryptOptions): Promise<DecryptResult> {
  const source = open(options.capture);
  const search = new KeySearch(options.keys, { maxRoc: options.maxRoc });
  try {
    const recordings =
      options.outFolder === undefined
        ? undefined
        : new Recordings(options.outFolder, options.payloadTypes);
    const table = new StreamTable({
      search,
      eventsFor: (identity) => recordings?.eventsFor(identity),
    });
    try {
      const read = await readInto(table, { packets: begin(source, options.capture), recordings });
      table.finish();
      await recordings?.ready();
      return {
        ...read,
        datagrams: table.counts,
        streams: table.streams,
        rtcpStreams: table.rtcpStreams,
        recordings: recordings?.finish() ?? new Map(),
        recordingsLeftOut: recordings?.leftOut ?? 0,
        packetsBeyondBound: table.packetsBeyondBound,
        rocSearchesSkipped: search.searchesSkipped,
      };
    } catch (error) {
      throw asDecryptError(error, options.capture);
    }
  } finally {
    search.close();
    source.close();
  }
}

async function readInto(
  table: StreamTable,
  from: { readonly packets: CapturePackets; readonly recordings: Recordings | undefined },
): Promise<Pick<DecryptResult, 'packets' | 'end' | 'leftOut'>> {
  const leftOut = { 'not-ip': 0, 'not-udp': 0, fragment: 0, 'cut-short': 0, unknownLinkType: 0 };
  let packets = 0;
  // By hand, because the generator's return value says how the file ended.
  for (;;) {
    const next = from.packets.next();
    if (next.done === true) return { packets, end: next.value, leftOut };
    packets++;
    const { linkType, bytes } = next.value;
    const ip = ipPacketOf(linkType, bytes);
    const datagram = ip === undefined ? 'not-ip' : readUdp(ip);
    if (typeof datagram !== 'string') table.add(datagram);
    else if (isSupportedLinkType(linkType)) leftOut[datagram]++;
    else leftOut.unknownLinkType++;
    if (from.recordings?.isStarting === true) await from.recordings.ready();
  }
}

function open(path: string): ByteSource {
  try {
    return openFileSource(path);
  } catch (error) {
    throw new DecryptError('capture-unreadable', `${path}: ${reasonOf(error)}`);
  }
}

function begin(source: ByteSource, path: string): CapturePackets {
  try {
    return readCapture(source);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DecryptError('capture-format', `${path}: ${error.message}`);
  }
}

/** What the file system refuses while a capture is being read is the capture's; recordings have their own. */
function asDecryptError(error: unknown, path: string): unknown {
  return error instanceof Error && 'syscall' in error
    ? new DecryptError('capture-unreadable', `${path}: ${reasonOf(error)}`)
    : error;
}
