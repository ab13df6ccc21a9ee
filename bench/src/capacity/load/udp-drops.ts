/** Datagrams that found a socket's buffer full: where packets are lost on a machine without a network. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of all UDP sockets of these processes, since each was opened. */
export function udpDropsOf(processIds: readonly number[]): number {
  const inodes = new Set(processIds.flatMap(socketInodesOf));
  let drops = 0;
  for (const table of ['/proc/net/udp', '/proc/net/udp6']) {
    for (const line of linesOf(table).slice(1)) {
      // proc(5): the tenth field is the inode, the last one counts drops.
      const fields = line.trim().split(/\s+/);
      if (inodes.has(fields[9] ?? '')) drops += Number(fields.at(-1));
    }
  }
  return drops;
}

function socketInodesOf(id: number): string[] {
  const folder = `/proc/${id}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1];
      return inode === undefined ? [] : [inode];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // No IPv6 here.
    return [];
  }
}
