/** From a captured frame to the IP packet in it, by LINKTYPE_ (draft-ietf-opsawg-pcaplinktype). */

const linkTypes = {
  /** BSD loopback: the address family in the byte order of the capturing host. */
  null: 0,
  ethernet: 1,
  /** What BSDs call raw IP. */
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  /** OpenBSD loopback: the family big-endian. */
  loop: 108,
  /** Linux cooked, version 1: what `tcpdump -i any` wrote until 2022. */
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const supported: ReadonlySet<number> = new Set(Object.values(linkTypes));

export function isSupportedLinkType(linkType: number): boolean {
  return supported.has(linkType);
}

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** IEEE 802.1Q and 802.1ad; 0x9100 is what came before the latter. */
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

/** @returns what begins with an IP header, though it may yet be none; undefined for any other frame. */
export function ipPacketOf(linkType: number, frame: Buffer): Buffer | undefined {
  switch (linkType) {
    case linkTypes.raw:
    case linkTypes.rawBsd:
    case linkTypes.rawOpenBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return frame;
    case linkTypes.ethernet:
      return afterEtherType(frame, 12);
    case linkTypes.null:
    case linkTypes.loop:
      // The IP version says what the family says, whose number differs between systems.
      return frame.length > 4 ? frame.subarray(4) : undefined;
    case linkTypes.linuxCooked:
      return afterEtherType(frame, 14);
    case linkTypes.linuxCooked2:
      return linuxCooked2Payload(frame);
    default:
      return undefined;
  }
}

/** Passes over VLAN tags: two bytes each, then the next type. */
function afterEtherType(frame: Buffer, typeOffset: number): Buffer | undefined {
  for (let at = typeOffset; at + 2 <= frame.length; at += 4) {
    const type = frame.readUInt16BE(at);
    if (type === etherTypes.ipv4 || type === etherTypes.ipv6) return frame.subarray(at + 2);
    if (!vlanTags.has(type)) return undefined;
  }
  return undefined;
}

/**
 *     protocol (2)  reserved (2)  interface (4)  ARPHRD (2)  packet type (1)  address length (1)  address (8)
 */
function linuxCooked2Payload(frame: Buffer): Buffer | undefined {
  const headerBytes = 20;
  if (frame.length < headerBytes) return undefined;
  const type = frame.readUInt16BE(0);
  if (type === etherTypes.ipv4 || type === etherTypes.ipv6) return frame.subarray(headerBytes);
  // A tag stands behind the header: its two bytes, then the type.
  return vlanTags.has(type) ? afterEtherType(frame, headerBytes + 2) : undefined;
}
