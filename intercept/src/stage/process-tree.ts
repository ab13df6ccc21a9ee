/** Processes that a server started, from Linux's process table. */
import { readdirSync, readFileSync } from 'node:fs';

/** Children of a process; none where there is no such table. */
export function childrenOf(parent: number): number[] {
  return processIds().filter((pid) => parentOf(pid) === parent);
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** proc(5), `stat`: pid, name in parentheses, state, parent. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return Number((stat.split(') ').at(-1) ?? '').split(' ')[1]);
  } catch {
    // Gone since it was listed.
    return undefined;
  }
}
