/** The client that a server serves, file by file, beside a published manifest. */
import { compareWithManifest, type ClientManifest } from '../measure/client-manifest.ts';
import { CheckError } from './check-error.ts';
import { Fetcher } from './fetch-file.ts';

export interface ClientCheck {
  readonly origin: string;
  readonly verdict: 'same' | 'differs';
  /** How many are as published. */
  readonly same: number;
  /** Other contents than published. */
  readonly changed: readonly string[];
  /** Published, and not served. */
  readonly missing: readonly string[];
  /** Served and named in the client, and never published. */
  readonly extra: readonly string[];
}

export interface CheckOptions {
  readonly origin: string;
  readonly manifest: ClientManifest;
  /** Default: a minute. */
  readonly timeoutMs?: number;
}

const pageFile = 'index.html';
/** Everywhere that the server answers with the page; a call's, with an id that no call has. */
const pagePaths = ['', 'identity', 'compare', `j/${'0'.repeat(22)}`] as const;
/** On the operator's listener only. */
const notServed: ReadonlySet<string> = new Set(['lab.html']);
/** A client has some twenty. */
const maxFiles = 500;
const defaultTimeoutMs = 60_000;

/** @throws CheckError `unreachable`, `refused`, `too-large` */
export async function checkClient(options: CheckOptions): Promise<ClientCheck> {
  const { origin, manifest, timeoutMs = defaultTimeoutMs } = options;
  const fetcher = new Fetcher({ origin, timeoutMs });
  const files = new Map<string, Uint8Array>();
  const missing: string[] = [];
  const published = Object.keys(manifest.files);
  requireFew(published.length);
  for (const path of published) {
    if (path === pageFile) continue;
    const bytes = await fetcher.file(path);
    if (bytes !== undefined) files.set(path, bytes);
    else if (!notServed.has(path)) missing.push(path);
  }
  const pages = await pagesOf(fetcher, missing);
  const unpublished = await unpublishedOf(fetcher, { known: new Set(published), files, pages });
  const found = compareWithManifest(manifest, new Map([...files, ...unpublished]));
  const changedPages = [...pages].flatMap(([name, bytes]) =>
    compareWithManifest(manifest, new Map([[pageFile, bytes]])).same.length === 0 ? [name] : [],
  );
  const changed = [...found.changed, ...changedPages];
  const isSame = changed.length + missing.length + found.unknown.length === 0;
  return {
    origin,
    verdict: isSame ? 'same' : 'differs',
    same: found.same.length + pages.size - changedPages.length,
    changed,
    missing,
    extra: found.unknown,
  };
}

/** By the name that a person is told: where the page is found. */
async function pagesOf(fetcher: Fetcher, missing: string[]): Promise<Map<string, Uint8Array>> {
  const pages = new Map<string, Uint8Array>();
  for (const path of pagePaths) {
    const name = path === '' ? pageFile : `${pageFile} at /${path}`;
    const bytes = await fetcher.file(path);
    if (bytes === undefined) missing.push(name);
    else pages.set(name, bytes);
  }
  return pages;
}

interface Served {
  readonly known: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly pages: ReadonlyMap<string, Uint8Array>;
}

/** What the files of the client name, and what that names in turn, if the server has it. */
async function unpublishedOf(
  fetcher: Fetcher,
  { known, files, pages }: Served,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const looked = new Set(known);
  const toRead = [...files.values(), ...pages.values()];
  for (let bytes = toRead.shift(); bytes !== undefined; bytes = toRead.shift()) {
    for (const path of filesNamedIn(Buffer.from(bytes).toString('latin1'))) {
      if (looked.has(path)) continue;
      looked.add(path);
      requireFew(looked.size);
      const other = await fetcher.file(path);
      if (other === undefined) continue;
      found.set(path, other);
      toRead.push(other);
    }
  }
  return found;
}

/** As the build writes them into scripts, and as pages refer to them. */
function filesNamedIn(text: string): string[] {
  return [
    ...text.matchAll(/\b(assets\/[\w-]+(?:\.[\w-]+)+)/g),
    ...text.matchAll(/\b(?:src|href)="\/([\w-]+(?:[./][\w-]+)*)"/g),
  ].flatMap(([, path]) => path ?? []);
}

function requireFew(files: number): void {
  if (files > maxFiles) throw new CheckError('too-large', 'more files than any client has');
}
