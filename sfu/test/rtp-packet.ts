/** RTP packets with header extensions, written and read byte by byte: not by the code of the peers. */

const senderPayloadType = 111;

export interface RtpFields {
  readonly ssrc: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** One-byte header extensions (RFC 8285 section 4.2) by id. */
  readonly extensions?: Readonly<Record<number, readonly number[]>>;
}

/** An RTP packet (RFC 3550 section 5.1) of a 20 ms frame. */
export function rtpPacket({ ssrc, sequence, payload, extensions }: RtpFields): Uint8Array {
  const elements = Object.entries(extensions ?? {}).flatMap(([id, bytes]) => [
    (Number(id) << 4) | (bytes.length - 1),
    ...bytes,
  ]);
  while (elements.length % 4 !== 0) elements.push(0);
  const header = Buffer.alloc(12);
  header[0] = extensions === undefined ? 0x80 : 0x90;
  header[1] = senderPayloadType;
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(ssrc, 8);
  const extension =
    extensions === undefined ? [] : [0xbe, 0xde, 0, elements.length / 4, ...elements];
  return Buffer.concat([header, Buffer.from(extension), payload]);
}

/** Reads what `rtpPacket` writes, with one-byte or two-byte header extensions. */
export function readRtp(packet: Uint8Array): Required<RtpFields> & { payloadType: number } {
  const view = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  const extensions: Record<number, number[]> = {};
  let offset = 12 + 4 * (view[0]! & 0x0f);
  if ((view[0]! & 0x10) !== 0) {
    const isTwoByte = view.readUInt16BE(offset) !== 0xbede;
    const end = offset + 4 + 4 * view.readUInt16BE(offset + 2);
    let at = offset + 4;
    while (at < end) {
      const first = view[at++]!;
      if (first === 0) continue;
      const id = isTwoByte ? first : first >> 4;
      const length = isTwoByte ? view[at++]! : (first & 0x0f) + 1;
      extensions[id] = [...view.subarray(at, at + length)];
      at += length;
    }
    offset = end;
  }
  return {
    payloadType: view[1]! & 0x7f,
    ssrc: view.readUInt32BE(8),
    sequence: view.readUInt16BE(2),
    payload: view.subarray(offset),
    extensions,
  };
}
