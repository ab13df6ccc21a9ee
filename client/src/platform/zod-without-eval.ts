/**
 * Imported before anything that builds a schema: zod otherwise tries `new Function` as it builds
 * one, which the Content-Security-Policy refuses and reports.
 */
import { z } from 'zod';

z.config({ jitless: true });
