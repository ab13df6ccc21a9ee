import { readdirSync, readlinkSync } from 'node:fs';

/** Sockets that this process has open by their names, native code's included. Linux; elsewhere undefined. */
export function openSockets(): readonly string[] | undefined {
  const folder = '/proc/self/fd';
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  return names.flatMap((name) => {
    try {
      const target = readlinkSync(`${folder}/${name}`);
      return target.startsWith('socket:') ? [target] : [];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}
