/**
 * "What the server sees", the operator's own page. It is on the operator's listener because what it
 * shows is there: no page of the application, and nobody but who sits at this machine, can read that.
 */
import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';

/** The page within the built client. The application does not serve it. */
export const labPageFile = 'lab.html';

/** @param clientDir  folder of the built client */
export function servePage(app: Express, clientDir: string): void {
  const headers = pageHeaders();
  app.get('/lab/:callId', headers, (_request, response, next) => {
    response.sendFile(labPageFile, { root: clientDir, cacheControl: false }, (error?: Error) => {
      if (error !== undefined) next();
    });
  });
  app.use('/assets', headers, express.static(join(clientDir, 'assets'), { index: false }));
  app.get('/icon.svg', headers, (_request, response) => {
    response.sendFile('icon.svg', { root: clientDir, cacheControl: false });
  });
}

/** As strict as the application's, without what only calls need. */
function pageHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false,
  });
}
