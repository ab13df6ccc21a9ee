/**
 * The newest report of `npm run compare`, read-only: what each mode costs on this machine. Only these reports:
 * those of the interception lab, which lie beside them, hold keys and speech.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';

const reportFiles = ['index.html', 'style.css', 'compare.json'] as const;
/** As the comparison names its folders: the time, so that the greatest name is the newest. */
const reportName = /^compare-\d{4}-\d\d-\d\dT[\dZ-]+$/;

const reportPath = '/compare/report/';

/**
 * `/compare/newest.json` tells the page where it is, `/compare/report/` is it.
 * @param folder  where reports are kept; it need not exist
 */
export function serveCompareReport(app: Express, folder: string): void {
  app.get('/compare/newest.json', (_request, response) => {
    const report = newestReport(folder) === undefined ? null : reportPath;
    response.set('Cache-Control', 'no-cache').json({ report });
  });
  for (const file of reportFiles) {
    const path = file === 'index.html' ? reportPath : `${reportPath}${file}`;
    app.get(path, (request, response, next) => {
      const name = newestReport(folder);
      // Links within the report count from the folder.
      if (name === undefined || (file === 'index.html' && !request.path.endsWith('/'))) next();
      else {
        response.set('Cache-Control', 'no-cache');
        response.sendFile(
          file,
          { root: join(folder, name), cacheControl: false },
          (error?: Error) => {
            if (error !== undefined) next();
          },
        );
      }
    });
  }
}

function newestReport(folder: string): string | undefined {
  try {
    return readdirSync(folder)
      .filter((name) => reportName.test(name))
      .sort()
      .at(-1);
  } catch {
    return undefined;
  }
}
