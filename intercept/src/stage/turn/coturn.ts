/** A provider's TURN server: coturn as `infra/deploy` configures it, on loopback, for one run. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../udp-relay.ts';

const program = 'turnserver';
const shippedConfiguration = fileURLToPath(
  new URL('../../../../infra/deploy/coturn.conf', import.meta.url),
);
const loopback = '127.0.0.1';
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

export const hasCoturn = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** No coturn on this machine. */
export class CoturnUnavailable extends Error {
  override name = 'CoturnUnavailable';

  constructor() {
    super('coturn is not installed (Debian: apt-get install coturn)');
  }
}

export interface Coturn {
  /** As it says itself: `Coturn-4.6.1`. */
  readonly version: string;
  /** Of a signaling server that hands it out, with logins that it accepts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Addresses that it says it gave away, so far. */
  readonly allocated: () => readonly Endpoint[];
  /** Resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

/**
 * @throws CoturnUnavailable
 * @throws Error with its output when it does not come up
 */
export async function startCoturn(): Promise<Coturn> {
  if (!hasCoturn) throw new CoturnUnavailable();
  const folder = mkdtempSync(path.join(tmpdir(), 'earshot-coturn-'));
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const child = spawn(
    program,
    [
      ...['-c', shippedConfiguration, `--static-auth-secret=${secret}`],
      ...[`--listening-ip=${loopback}`, `--relay-ip=${loopback}`, `--listening-port=${port}`],
      ...['--no-tcp', '--no-tls', '--no-dtls', '--relay-threads=1', '--verbose'],
      // What is forbidden on the internet: everybody in the lab is on loopback.
      ...['--allow-loopback-peers', `--allowed-peer-ip=${loopback}`],
      ...[`--userdb=${path.join(folder, 'turndb')}`, `--pidfile=${path.join(folder, 'pid')}`],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const listening = Promise.withResolvers<undefined>();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      if (line.includes(`UDP listener opened on: ${loopback}:${port}`)) {
        listening.resolve(undefined);
      }
    });
  }
  const fail = (): void => {
    listening.reject(new Error(`coturn is not ready:\n${output}`));
  };
  child.once('exit', fail);
  const timer = setTimeout(fail, readyTimeoutMs);
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(killer);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening.promise;
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    version: /Version (Coturn-\S+)/.exec(output)?.[1] ?? 'coturn',
    environment: {
      EARSHOT_TURN_URLS: `turn:${loopback}:${port}?transport=udp`,
      EARSHOT_TURN_SECRET: secret,
    },
    allocated: () => allocatedIn(output),
    close,
  };
}

function allocatedIn(log: string): Endpoint[] {
  return [...log.matchAll(/Local relay addr: ([\d.]+):(\d+)$/gm)].map(([, address = '', port]) => ({
    address,
    port: Number(port),
  }));
}

/** Coturn takes 0 for its standard port. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, loopback);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
