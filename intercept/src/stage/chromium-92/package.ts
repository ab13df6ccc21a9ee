/**
 * Chromium 92, the last generation of browsers that spoke SDES (removed in Chromium 97), as an npm package holds it.
 * Fetched on first use, checked against its published hash, unpacked into the cache that outlasts a checkout.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

const name = 'chrome-aws-lambda';
const version = '10.1.0';
/** As in the registry's `dist.integrity`. */
const sha512 =
  'NZQVf+J4kqG4sVhRm3WNmOfzY0OtTSm+S8rg77pwePa9RCYHzhnzRs8YvNI6L9tALIW6RpmefWiPURt3vURXcw==';
/** 50 MB from a registry. */
const fetchTimeoutMs = 120_000;

const run = promisify(execFile);
const decompress = promisify(brotliDecompress);

/** The browser cannot be had here: another platform, no registry, another file. */
export class Chromium92Unavailable extends Error {
  override name = 'Chromium92Unavailable';
}

export interface Chromium92Files {
  readonly program: string;
  /** For `LD_LIBRARY_PATH`: what the package brings along. */
  readonly libraries: string;
}

/** @throws Chromium92Unavailable */
export async function obtainChromium92(): Promise<Chromium92Files> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Chromium92Unavailable(`${name} is for Linux on x64`);
  }
  const cache = cacheFolder();
  const folder = join(cache, `${name}-${version}`);
  if (!existsSync(folder)) {
    try {
      await unpackInto(folder, cache);
    } catch (cause) {
      throw new Chromium92Unavailable(`${name}@${version}: ${reasonOf(cause)}`, { cause });
    }
  }
  return { program: join(folder, 'chromium'), libraries: join(folder, 'lib') };
}

/** Put in place whole, by one renaming: who comes at the same time finds all of it or nothing. */
async function unpackInto(folder: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `${name}-`));
  try {
    const tarball = join(work, `${name}-${version}.tgz`);
    await run('npm', ['pack', `${name}@${version}`, '--pack-destination', work], {
      cwd: work,
      timeout: fetchTimeoutMs,
    });
    const found = createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64');
    if (found !== sha512) throw new Error('the package has another hash than the published one');
    await run('tar', ['-xzf', tarball, '-C', work]);
    const done = join(work, 'done');
    await mkdir(done);
    const unpacked = async (file: string): Promise<Buffer> =>
      decompress(await readFile(join(work, 'package', 'bin', `${file}.br`)));
    await writeFile(join(done, 'chromium'), await unpacked('chromium'));
    await chmod(join(done, 'chromium'), 0o755);
    await writeFile(join(work, 'aws.tar'), await unpacked('aws.tar'));
    await run('tar', ['-xf', join(work, 'aws.tar'), '-C', done]);
    await rename(done, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Where everything is that outlasts a checkout. `infra/` is started as a program and not imported. */
function cacheFolder(): string {
  const module = new URL('../../../../infra/bootstrap/cache.mjs', import.meta.url);
  const script = `import { ownCacheDirectory } from ${JSON.stringify(module.href)};
    process.stdout.write(ownCacheDirectory());`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script]).toString();
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
