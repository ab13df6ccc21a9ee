/** Listening and closing of Node's HTTP servers, as promises. */
import type { Server } from 'node:http';
import { isLoopback } from './config.ts';

/** Resolves with the URL that reaches the server from this machine. Rejects when it cannot listen. */
export async function listen(
  server: Server,
  { host, port, isTls }: { readonly host: string; readonly port: number; readonly isTls: boolean },
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return `${isTls ? 'https' : 'http'}://${shownHost(host)}:${actualPort}`;
}

/** Browsers treat `localhost` as a secure context; an address that means "all" is not one to open. */
function shownHost(host: string): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Resolves when nothing is open, also if the server never listened. */
export async function closeHttp(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
