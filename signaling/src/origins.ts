/** Which pages may open a socket here. */
import type { IncomingMessage } from 'node:http';

/**
 * A browser names the page's origin on every WebSocket, and on every request to another origin.
 * Programs send none; a browser that sends none says at least whether the request crosses sites.
 */
export function isAllowedOrigin(
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: readonly string[],
): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}

/** The address a request came from: behind `hops` proxies, what the outermost of them saw. */
export function addressOf(request: IncomingMessage, hops: number): string {
  const direct = request.socket.remoteAddress ?? '';
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const chain = [...forwarded, direct];
  return chain[Math.max(0, chain.length - 1 - hops)] ?? direct;
}
