/** The composition root: settings, log, media server, server; and how it all stops. */
import { existsSync } from 'node:fs';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createLog, type Log } from './log.ts';
import { createServer, type EarshotServer } from './server.ts';
import type { MediaServer } from '@earshot/sfu/api';

try {
  // What the environment sets already is not overwritten.
  if (existsSync('.env')) process.loadEnvFile();
  const config = readConfig(process.env);
  const log = createLog(config.EARSHOT_LOG_LEVEL);
  const media = await startMedia(config, log);
  const server = await createServer({ config, log, media }).catch(async (error: unknown) => {
    await media?.close();
    throw error;
  });
  stopOnSignals(server, log);
  if (server.operatorUrl !== undefined) {
    const what = config.EARSHOT_LAB ? 'metrics and lab record' : 'metrics';
    process.stdout.write(`${what} on ${server.operatorUrl}\n`);
  }
  process.stdout.write(`earshot ready on ${server.url}\n`);
} catch (error) {
  process.stderr.write(`earshot cannot start: ${explain(error)}\n`);
  process.exit(1);
}

/** The media server is loaded only where it is wanted: direct calls need none. */
async function startMedia(config: Config, log: Log): Promise<MediaServer | undefined> {
  if (config.EARSHOT_WORKERS === 0) return undefined;
  const { createMediaServer } = await import('@earshot/sfu/media-server');
  return createMediaServer({
    workers: config.EARSHOT_WORKERS,
    listenIp: config.EARSHOT_MEDIA_IP,
    ...(config.EARSHOT_MEDIA_ANNOUNCED_ADDRESS === ''
      ? {}
      : { announcedAddress: config.EARSHOT_MEDIA_ANNOUNCED_ADDRESS }),
    firstPort: config.EARSHOT_MEDIA_PORT,
    allowTaps: config.EARSHOT_LAB,
    log: {
      info: (fields, message) => {
        log.info(message, fields);
      },
      warn: (fields, message) => {
        log.warn(message, fields);
      },
      error: (fields, message) => {
        log.error(message, fields);
      },
    },
  });
}

/** The first signal drains, the second does not wait. Nothing is left running, so the process ends by itself. */
function stopOnSignals(server: EarshotServer, log: Log): void {
  let signals = 0;
  const stop = (): void => {
    signals++;
    if (signals === 1) {
      log.info('draining');
      void server.drain().then(() => server.close());
    } else {
      void server.close();
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return 'unknown reason';
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `the port is taken (${error.message}): set PORT or METRICS_PORT`;
  }
  return error.message;
}
