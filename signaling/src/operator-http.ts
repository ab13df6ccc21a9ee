/** The operator's listener, apart from the application: metrics, and in the lab the record. */
import express, { type Express, type RequestHandler } from 'express';
import { servePage } from './lab-page.ts';
import { serveLive, type LabSources } from './lab-stream.ts';
import { isFromThisMachine } from './loopback-request.ts';
import type { Metrics } from './metrics.ts';
import type { OperatorRecord } from './record.ts';

export interface OperatorAppOptions {
  readonly metrics: Metrics;
  /** Undefined without the lab: then nothing of it exists. `clientDir`: as for the application. */
  readonly lab: (LabSources & { readonly clientDir: string }) | undefined;
}

export function createOperatorApp({ metrics, lab }: OperatorAppOptions): Express {
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
  if (lab !== undefined) {
    app.use('/lab', onlyThisMachine);
    serveRecord(app, lab.record);
    serveLive(app, lab);
    servePage(app, lab.clientDir);
  }
  app.use((_request, response) => {
    response.status(404).type('text').send('not found\n');
  });
  return app;
}

function serveRecord(app: Express, record: OperatorRecord): void {
  app.get('/lab/calls', (_request, response) => {
    response.json(record.calls());
  });
  app.get('/lab/calls/:callId/record', ({ params }, response, next) => {
    const messages = record.messagesOf(params.callId);
    const lines = messages?.map((message) => `${JSON.stringify(message)}\n`).join('');
    if (lines === undefined) next();
    else response.set('Content-Type', 'application/jsonl').send(lines);
  });
  app.get('/lab/calls/:callId/rtp', ({ params }, response, next) => {
    const packets = record.rtpOf(params.callId);
    if (packets === undefined) next();
    else response.set('Content-Type', 'application/octet-stream').send(packets);
  });
}

/** The record holds keys and speech. */
const onlyThisMachine: RequestHandler = (request, _response, next) => {
  if (isFromThisMachine(request)) next();
  else next('router');
};
