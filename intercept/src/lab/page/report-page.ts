import type { Verdicts } from '../verdict-schema.ts';
export function reportPage(verdicts: Verdicts): string {
  return `<!doctype html><pre>${JSON.stringify(verdicts, undefined, 2)}</pre>`;
}
