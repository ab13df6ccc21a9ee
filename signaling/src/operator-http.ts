/** The operator's listener, apart from the application: metrics, and in the lab the record. */
import express, { type Express, type Request, type RequestHandler } from 'express';
import { isLoopback } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { OperatorRecord } from './record.ts';

export interface OperatorAppOptions {
  readonly metrics: Metrics;
  /** Undefined without the lab: then nothing of it exists. */
  readonly record: OperatorRecord | undefined;
}

export function createOperatorApp({ metrics, record }: OperatorAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.registry.contentType);
    response.send(await metrics.registry.metrics());
  });
  if (record !== undefined) serveRecord(app, record);
  app.use((_request, response) => {
    response.status(404).type('text').send('not found\n');
  });
  return app;
}

function serveRecord(app: Express, record: OperatorRecord): void {
  app.use('/lab', onlyThisMachine);
  app.get('/lab/calls', (_request, response) => {
    response.json(record.calls());
  });
  app.get('/lab/calls/:callId/record', ({ params }, response, next) => {
    const lines = record.messagesOf(params.callId);
    if (lines === undefined) next();
    else response.set('Content-Type', 'application/jsonl').send(lines);
  });
  app.get('/lab/calls/:callId/rtp', ({ params }, response, next) => {
    const packets = record.rtpOf(params.callId);
    if (packets === undefined) next();
    else response.set('Content-Type', 'application/octet-stream').send(packets);
  });
}

/**
 * The record holds keys and speech. The name asked for must be loopback too: a web page elsewhere
 * could have its own name resolve to 127.0.0.1 and read what this answers (DNS rebinding).
 */
const onlyThisMachine: RequestHandler = (request, _response, next) => {
  const isLocal = isLoopback(request.socket.remoteAddress ?? '') && isLoopback(hostName(request));
  if (isLocal) next();
  else next('router');
};

function hostName({ headers }: Request): string {
  return (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
