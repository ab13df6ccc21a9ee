/** Requests of who sits at this machine: the operator of a lab. */
import type { Request } from 'express';
import { isLoopback } from './config.ts';

/**
 * The name asked for must be loopback too: a web page elsewhere could have its own name resolve to
 * 127.0.0.1 and read what is answered (DNS rebinding).
 */
export function isFromThisMachine({ socket, headers }: Request): boolean {
  return isLoopback(socket.remoteAddress ?? '') && isLoopback(hostName(headers.host));
}

function hostName(host = ''): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
