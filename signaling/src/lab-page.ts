/**
 * "What the server sees", the operator's own page. It is on the operator's listener because what it
 * shows is there: no page of the application, and nobody but who sits at this machine, can read that.
 */
import { join } from 'node:path';
import express, { type Express } from 'express';
import { securityHeaders } from './security-headers.ts';

/** The page within the built client. The application does not serve it. */
export const labPageFile = 'lab.html';

/** @param clientDir  folder of the built client */
export function servePage(app: Express, clientDir: string): void {
  const headers = securityHeaders({ imgSrc: ["'self'"], connectSrc: ["'self'"] });
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
