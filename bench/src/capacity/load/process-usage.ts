/** What processes and cores have used so far: proc(5). */
import { readFileSync } from 'node:fs';

/** `USER_HZ`: what proc(5) counts in, 100 on every platform that Node runs on. */
const ticksPerS = 100;
const pageBytes = 4096;

/** utime and stime of every thread, those that ended included. */
export function cpuMsOf(processIds: readonly number[]): number {
  return processIds.reduce((total, id) => {
    const fields = statOf(id);
    // Fields 14 and 15 of the line; field 3 is the first one here.
    return total + ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerS;
  }, 0);
}

export function residentBytesOf(processIds: readonly number[]): number {
  return processIds.reduce((total, id) => {
    const pages = Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]);
    return total + pages * pageBytes;
  }, 0);
}

export function busyMsOf(core: number): number {
  return busyMsIn(readFileSync('/proc/stat', 'utf8'), core);
}

/** Time that a core was not idle, for whomever; with what the host took from it. `stat`: `/proc/stat`. */
export function busyMsIn(stat: string, core: number): number {
  const line = stat.split('\n').find((candidate) => candidate.startsWith(`cpu${core} `));
  const fields = (line ?? '').trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return ((user + nice + system + irq + softirq + steal) * 1000) / ticksPerS;
}

/** From the state on: the name before it may hold spaces and parentheses. */
function statOf(id: number): readonly string[] {
  const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
