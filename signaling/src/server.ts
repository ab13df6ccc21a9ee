/** The server: calls over sockets, the client over HTTP, the operator's listener beside them. */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { limits, type IceServer, type ParticipantId } from '@earshot/protocol';
import type { MediaServer } from '@earshot/sfu/api';
import { Server as SocketServer } from 'socket.io';
import { Calls } from './calls.ts';
import type { Services } from './caller.ts';
import type { Config } from './config.ts';
import { Connection } from './connection.ts';
import { Drain } from './drain.ts';
import { createHttpApp } from './http.ts';
import { closeHttp, listen } from './listening.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { createOperatorApp } from './operator-http.ts';
import { addressOf, isAllowedOrigin } from './origins.ts';
import { RateLimits } from './rate-limits.ts';
import { OperatorRecord } from './record.ts';
import { Sessions } from './sessions.ts';
import { turnCredentials } from './turn-credentials.ts';

export interface ServerTimes {
  readonly sessionLeaseMs: number;
  readonly unusedCallMs: number;
  readonly emptyCallMs: number;
}

export const defaultTimes: ServerTimes = {
  sessionLeaseMs: limits.sessionLeaseMs,
  unusedCallMs: 10 * 60_000,
  emptyCallMs: 2 * 60_000,
};

export interface ServerOptions {
  readonly config: Config;
  readonly log: Log;
  /** Undefined: direct calls only. A server that came up closes it with itself. */
  readonly media: MediaServer | undefined;
  readonly times?: ServerTimes;
  /** The built client; by default that of this repository. */
  readonly clientDir?: string;
}

export interface EarshotServer {
  /** Where the application listens, for example `http://localhost:3000`. */
  readonly url: string;
  /** Where metrics, and in the lab the record, are served; undefined when off. */
  readonly operatorUrl: string | undefined;
  /** Refuses new calls, tells clients, resolves when no call is left or the time is over. Does not close. */
  drain(): Promise<void>;
  /** Idempotent. Sockets, calls, sessions and the media server are gone when it resolves. */
  close(): Promise<void>;
}

const builtClient = fileURLToPath(new URL('../../client/dist', import.meta.url));
const maxSessions = 20_000;

/** Resolves when the server listens. Rejects when an address is taken or a TLS file unreadable. */
export async function createServer(options: ServerOptions): Promise<EarshotServer> {
  const { config, log, media, times = defaultTimes, clientDir = builtClient } = options;
  const metrics = new Metrics();
  const record = config.EARSHOT_LAB
    ? new OperatorRecord({ retainKeys: config.EARSHOT_RETAIN_KEYS })
    : undefined;

  let isClosing = false;
  const calls = new Calls({
    capacity: config.EARSHOT_MAX_CALLS,
    roomCapacity: config.EARSHOT_ROOM_CAPACITY,
    unusedMs: times.unusedCallMs,
    emptyMs: times.emptyCallMs,
    media,
    record,
    onEmptied: () => {
      drain.check();
    },
    onClosed: ({ mode, topology }) => {
      log.info('call closed', { mode, topology });
    },
    onMediaLost: ({ mode, size }) => {
      metrics.mediaLost.inc();
      log.warn('media of a room lost', { mode, count: size });
    },
  });
  const sessions = new Sessions({
    leaseMs: times.sessionLeaseMs,
    capacity: maxSessions,
    onEnded: ({ member, visitor }, reason) => {
      metrics.sessionsEnded.inc({ reason });
      if (member !== undefined) member.call.leave(member, reason);
      if (visitor !== undefined) visitor.call.leaveLobby(visitor);
    },
    onConnectedChanged: ({ member }) => {
      // While everybody's socket is being closed, nobody is told of anybody's.
      if (member !== undefined && !isClosing) member.call.announceUpdate(member);
    },
  });
  const drain = new Drain({
    deadlineMs: config.EARSHOT_DRAIN_MS,
    sessions,
    peopleInCalls: () => calls.all().reduce((sum, { size }) => sum + size, 0),
  });
  const services: Services = {
    sessions,
    calls,
    rateLimits: new RateLimits({
      scale: config.EARSHOT_RATE_SCALE,
      onLimited: (scope) => {
        metrics.limited.inc({ scope });
      },
    }),
    metrics,
    record,
    isDraining: () => drain.isDraining,
    iceServersFor: (participantId) => iceServersOf(config, participantId),
  };
  metrics.watch({
    sessions: () => sessions.size,
    calls: () => calls.all(),
    mediaLoad: () => media?.load(),
  });

  const app = createHttpApp({
    clientDir,
    reportDir: resolve(config.EARSHOT_REPORT_DIR),
    trustProxy: config.EARSHOT_TRUST_PROXY,
    whyNotReady: () => {
      if (drain.isDraining) return 'draining';
      return media?.load().workersAlive === 0 ? 'no media worker' : undefined;
    },
    labUrl: () => (record === undefined ? undefined : operatorUrl),
  });
  const http = createApplicationHttp(config, app);
  const sockets = attachSockets(http, { config, services, log });

  const operatorHttp = createHttpServer(
    createOperatorApp({
      metrics,
      lab: record && {
        record,
        clientDir,
        callOf: (id) => calls.all().find((call) => call.id === id),
      },
    }),
  );
  let operatorUrl: string | undefined;
  const closeAll = async (): Promise<void> => {
    isClosing = true;
    drain.finish();
    await sockets.close();
    sessions.close();
    calls.close();
    await closeHttp(http);
    await closeHttp(operatorHttp);
    await media?.close();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());

  try {
    const isTls = config.EARSHOT_TLS_CERT !== '';
    const url = await listen(http, { host: config.HOST, port: config.PORT, isTls });
    operatorUrl =
      config.METRICS_PORT === 'off'
        ? undefined
        : await listen(operatorHttp, {
            host: config.METRICS_HOST,
            port: config.METRICS_PORT,
            isTls: false,
          });
    return { url, operatorUrl, drain: () => drain.start(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createApplicationHttp(
  { EARSHOT_TLS_CERT, EARSHOT_TLS_KEY }: Config,
  app: ReturnType<typeof createHttpApp>,
): HttpServer {
  if (EARSHOT_TLS_CERT === '') return createHttpServer(app);
  const cert = readFileSync(EARSHOT_TLS_CERT);
  const key = readFileSync(EARSHOT_TLS_KEY);
  return createHttpsServer({ cert, key, minVersion: 'TLSv1.2' }, app);
}

function attachSockets(
  http: HttpServer,
  { config, services, log }: { config: Config; services: Services; log: Log },
): SocketServer {
  const { metrics, rateLimits } = services;
  const sockets = new SocketServer(http, {
    serveClient: false,
    // Clients ask for WebSocket first; polling is for networks that refuse it.
    transports: ['websocket', 'polling'],
    maxHttpBufferSize: limits.frameBytes,
    pingInterval: 10_000,
    pingTimeout: 10_000,
    cors: { origin: config.EARSHOT_ORIGINS, methods: ['GET', 'POST'] },
    allowRequest: (request, decide) => {
      const isAllowed = isAllowedOrigin(request, config.EARSHOT_ORIGINS);
      if (!isAllowed) metrics.refusedConnections.inc({ reason: 'origin' });
      decide(isAllowed ? null : 'origin refused', isAllowed);
    },
  });
  sockets.on('connection', (socket) => {
    const address = addressOf(socket.request, config.EARSHOT_TRUST_PROXY);
    rateLimits.takeConnection(address).then(
      () =>
        socket.connected &&
        new Connection({ socket, address, services, log, isLab: config.EARSHOT_LAB }),
      () => {
        metrics.refusedConnections.inc({ reason: 'rate' });
        socket.disconnect(true);
      },
    );
  });
  return sockets;
}

function iceServersOf(config: Config, participantId: ParticipantId): IceServer[] {
  const servers: IceServer[] = [];
  if (config.EARSHOT_STUN_URLS.length > 0) servers.push({ urls: config.EARSHOT_STUN_URLS });
  if (config.EARSHOT_TURN_URLS.length > 0) {
    const nowSeconds = Date.now() / 1000;
    servers.push({
      urls: config.EARSHOT_TURN_URLS,
      ...turnCredentials(config.EARSHOT_TURN_SECRET, { user: participantId, nowSeconds }),
    });
  }
  return servers;
}
