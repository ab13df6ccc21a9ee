/** Whether the files of a client are those that were built: compared with its published `client-manifest.json`. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const manifestSchema = z.object({
  version: z.literal(1),
  /** SHA-256 in hexadecimal, by path below the client's root. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});
export type ClientManifest = z.infer<typeof manifestSchema>;

export interface ManifestVerdict {
  /** Files that are as published. */
  readonly same: readonly string[];
  /** Files that have a published name and other contents. */
  readonly changed: readonly string[];
  /** Files that were never published. */
  readonly unknown: readonly string[];
}

/** @throws SyntaxError or ZodError for a text that is no manifest */
export function parseClientManifest(text: string): ClientManifest {
  return manifestSchema.parse(JSON.parse(text));
}

/** @param files by path below the root, without a leading slash; those that a browser loaded, say */
export function compareWithManifest(
  manifest: ClientManifest,
  files: ReadonlyMap<string, Uint8Array>,
): ManifestVerdict {
  const same: string[] = [];
  const changed: string[] = [];
  const unknown: string[] = [];
  for (const [path, bytes] of files) {
    const published = manifest.files[path];
    if (published === undefined) unknown.push(path);
    else if (published === createHash('sha256').update(bytes).digest('hex')) same.push(path);
    else changed.push(path);
  }
  return { same, changed, unknown };
}
