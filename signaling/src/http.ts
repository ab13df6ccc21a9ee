/** The application over HTTP: the built client, health, and the headers that keep a page to itself. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import express, { type Express, type Request, type RequestHandler } from 'express';
import { serveCompareReport } from './compare-report.ts';
import { labPageFile } from './lab-page.ts';
import { isFromThisMachine } from './loopback-request.ts';
import { securityHeaders } from './security-headers.ts';

export interface HttpAppOptions {
  /** Folder of the built client: `index.html`, and `assets/` with hashed names. */
  readonly clientDir: string;
  /** Where `npm run compare` keeps its reports. */
  readonly reportDir: string;
  /** Proxies in front that are believed. */
  readonly trustProxy: number;
  /** Undefined when ready, otherwise why not. */
  readonly whyNotReady: () => string | undefined;
  /** Where the operator listens; undefined without the lab, and while it does not listen. */
  readonly labUrl: () => string | undefined;
}

/** As the build names it; a hash follows. */
const cryptoWorkerName = 'crypto-worker-';
/** The one script that compiles WebAssembly (frames are sealed in it), and that never asks for anything by itself. */
const cryptoWorkerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const yearSeconds = 365 * 24 * 60 * 60;

export function createHttpApp(options: HttpAppOptions): Express {
  const { clientDir, reportDir, trustProxy, whyNotReady, labUrl } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.use(pageHeaders());

  // Liveness asks whether this process answers, nothing else: a restart would not mend the rest.
  app.get('/livez', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const reason = whyNotReady();
    response.status(reason === undefined ? 200 : 503).type('text');
    response.set('Cache-Control', 'no-store').send(`${reason ?? 'ok'}\n`);
  });

  app.use(
    '/assets',
    express.static(join(clientDir, 'assets'), {
      immutable: true,
      maxAge: yearSeconds * 1000,
      index: false,
      redirect: false,
      setHeaders: (response, file) => {
        if (!basename(file).startsWith(cryptoWorkerName)) return;
        response.setHeader('Content-Security-Policy', cryptoWorkerPolicy);
      },
    }),
  );
  const page: RequestHandler = (_request, response) => {
    response.set('Cache-Control', 'no-cache');
    const file = join(clientDir, 'index.html');
    if (existsSync(file)) response.sendFile('index.html', { root: clientDir, cacheControl: false });
    else response.status(503).type('text').send('the client is not built: npm run build\n');
  };
  app.get('/', page);
  app.get('/identity', page);
  app.get('/compare', page);
  serveCompareReport(app, reportDir);
  app.get('/j/:callId', page);
  // The operator's page is on the operator's listener, with what it shows; from here it is only found.
  app.get('/lab/:callId', (request, response, next) => {
    const url = labUrl();
    if (url === undefined || !isFromThisMachine(request)) next();
    else response.redirect(302, new URL(request.path, url).href);
  });
  const files = express.static(clientDir, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (response) => {
      response.setHeader('Cache-Control', 'no-cache');
    },
  });
  app.use((request, response, next) => {
    if (isOperatorsPage(request.path)) next();
    else files(request, response, next);
  });
  app.use((request, response, next) => {
    response.status(404);
    // Whoever followed a broken link is shown the way home; programs get a plain answer.
    if (request.method === 'GET' && request.accepts('text', 'html') === 'html') {
      page(request, response, next);
    } else response.type('text').send('not found\n');
  });
  return app;
}

function isOperatorsPage(path: string): boolean {
  try {
    return decodeURIComponent(path).toLowerCase().endsWith(`/${labPageFile}`);
  } catch {
    return false;
  }
}

/** Only a plain host may go into the policy: `Host` is the client's to choose. */
const plainHost = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** `'self'` covers the socket's scheme in newer browsers only. */
function socketSources(host: string | undefined): string {
  return host !== undefined && plainHost.test(host) ? `ws://${host} wss://${host}` : "'self'";
}

function pageHeaders(): RequestHandler {
  const common = securityHeaders({
    imgSrc: ["'self'", 'data:'],
    mediaSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'", (request) => socketSources(request.headers.host)],
    workerSrc: ["'self'"],
    manifestSrc: ["'self'"],
  });
  return (request, response, next) => {
    response.setHeader('Permissions-Policy', permissionsPolicy);
    if (isBehindTls(request)) {
      response.setHeader('Strict-Transport-Security', `max-age=${yearSeconds}`);
    }
    common(request, response, next);
  };
}

const permissionsPolicy = [
  'microphone=(self)',
  'autoplay=(self)',
  'speaker-selection=(self)',
  'clipboard-write=(self)',
  'camera=()',
  'geolocation=()',
  'display-capture=()',
  'usb=()',
  'serial=()',
  'payment=()',
].join(', ');

/** Over plain HTTP the header would be ignored, and behind a proxy that nobody vouched for it would be a guess. */
function isBehindTls(request: Request): boolean {
  return request.secure;
}
