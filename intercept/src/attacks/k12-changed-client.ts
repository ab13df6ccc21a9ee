import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { keyingModes } from '@earshot/keying/mode';
import type { Page } from 'playwright';
import {
  compareWithManifest,
  parseClientManifest,
  type ClientManifest,
} from '../measure/client-manifest.ts';
import { durationS } from '../measure/pcm.ts';
import { startActiveRelay } from '../operator/active-relay.ts';
import { ChangedClient, type IntegrityOf } from '../operator/changed-client.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import type { RunContext } from '../lab/run-context.ts';

/** As a publisher would give it out: from the build, not from the server. */
const published = new URL('../../../client/dist/client-manifest.json', import.meta.url);
const enoughS = 5;
const pollMs = 250;

type Script = 'leaks' | 'unchanged';

export default defineAttack({
  id: 'K12',
  title: 'Changed client for one user',
  question: 'Can the server serve one person a client that gives the call away, and who notices?',
  power: 'client',
  cells: keyingModes.map((mode) => ({ mode, topology: 'room' })),
  quick: 'none',
  // No mode can resist: whoever serves the code decides what it does. What is noticed is by the manifest.
  claim: () => ({ outcome: 'falls', noticed: true }),
  run: (context) => served(context, 'leaks'),
  controls: [
    {
      id: 'unchanged',
      title: 'the same server, which serves the client as it was built',
      proves: { outcome: 'resists', noticed: false },
      run: (context) => served(context, 'unchanged'),
    },
  ],
});

async function served(context: RunContext, script: Script): Promise<Evidence> {
  const manifest = readManifest();
  const { url: upstreamUrl } = await context.sharedStack();
  const { client, url } = await startServer(context, { script, integrityOf: 'nothing' });
  const alice = await context.invite('alice', { serverUrl: url });
  const bob = await context.invite('bob');
  const [givenToAlice, givenToBob] = [filesOf(alice.page), filesOf(bob.page)];
  const link = await alice.createCall(context.cell);
  await alice.join();
  await alice.waitForPhase('waiting');
  await bob.join(new URL(new URL(link).pathname + new URL(link).hash, upstreamUrl).href);
  await Promise.all([alice, bob].map((person) => person.waitForPhase('connected')));
  await untilLeaked(context, { client, script });

  const aliceHas = compareWithManifest(manifest, await givenToAlice());
  const bobHas = compareWithManifest(manifest, await givenToBob());
  const [loadedByAlice, loadedByBob] = [await givenToAlice(), await givenToBob()];
  const differing = [...loadedByAlice].filter(([path, bytes]) => {
    const other = loadedByBob.get(path);
    return other !== undefined && !Buffer.from(bytes).equals(other);
  });
  const fetched = compareWithManifest(
    manifest,
    await fetchAll(upstreamUrl, [...loadedByAlice.keys()]),
  );
  const wrong = [...aliceHas.changed, ...aliceHas.unknown];
  return {
    tried:
      script === 'leaks'
        ? 'One person was served a client that sends the microphone to the server too; everybody else got the one that was built.'
        : 'Everybody was served the client that was built.',
    proofs: [
      {
        kind: 'audio',
        what: 'what the server was sent of alice',
        speaker: 'alice',
        notSpeaker: 'bob',
        heard: client.leaked,
      },
    ],
    notices: [
      { what: 'the call looks like any other to both: nothing is shown', noticed: false },
      {
        what: `the published manifest, over what alice’s browser was given: ${listed(wrong)}`,
        noticed: wrong.length > 0,
      },
      {
        what: `bob compares what his browser was given with alice’s: ${listed(differing.map(([path]) => path))}`,
        noticed: differing.length > 0,
      },
    ],
    obtained: {
      'the manifest, over what bob’s browser was given': listed([
        ...bobHas.changed,
        ...bobHas.unknown,
      ]),
      'the manifest, over what a third party fetches for itself': listed([
        ...fetched.changed,
        ...fetched.unknown,
      ]),
      ...(script === 'leaks' ? await subresourceIntegrity(context) : {}),
    },
  };
}

/** A hash in the page stops a changed script only as long as the page is not changed as well. */
async function subresourceIntegrity(context: RunContext): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const [what, integrityOf] of [
    ['subresource integrity, only the script changed', 'honest-script'],
    ['subresource integrity, script and page changed', 'changed-script'],
  ] as const) {
    const { url } = await startServer(context, { script: 'leaks', integrityOf });
    const { page } = await context.invite('bob', { serverUrl: url });
    const blocked = page.waitForEvent('console', (message) => /integrity/.test(message.text()));
    // Whichever comes first; the other never does.
    blocked.catch(() => undefined);
    await page.goto(url);
    const started = page.getByTestId('create-call').waitFor();
    started.catch(() => undefined);
    results[what] = await Promise.race([
      blocked.then(() => 'the browser refuses the script'),
      started.then(() => 'the changed client runs'),
    ]);
    await page.context().close();
  }
  return results;
}

async function startServer(
  context: RunContext,
  { script, integrityOf }: { readonly script: Script; readonly integrityOf: IntegrityOf },
): Promise<{ readonly client: ChangedClient; readonly url: string }> {
  const { url: upstreamUrl } = await context.sharedStack();
  const client = new ChangedClient({ upstreamUrl, script, integrityOf });
  const relay = await startActiveRelay({ upstreamUrl, answer: client.answer });
  context.defer(() => relay.close());
  return { client, url: relay.url };
}

/** Until it has sent enough; the unchanged one has as much time to. */
async function untilLeaked(
  context: RunContext,
  { client, script }: { readonly client: ChangedClient; readonly script: Script },
): Promise<void> {
  const startedAt = Date.now();
  while (durationS(client.leaked) < enoughS) {
    if (script === 'unchanged' && Date.now() - startedAt > enoughS * 1000) return;
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
}

/** What a browser extension sees: every file of the client, as it came, by path. */
function filesOf(page: Page): () => Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Promise<Uint8Array>>();
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const type = response.request().resourceType();
    if (type === 'document') files.set('index.html', response.body());
    else if (pathname.startsWith('/assets/')) files.set(pathname.slice(1), response.body());
    for (const body of files.values()) body.catch(() => undefined);
  });
  return async () => {
    const loaded = new Map<string, Uint8Array>();
    for (const [path, body] of files) loaded.set(path, new Uint8Array(await body));
    return loaded;
  };
}

async function fetchAll(
  url: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of paths) {
    const answer = await fetch(new URL(path === 'index.html' ? '/' : `/${path}`, url));
    files.set(path, new Uint8Array(await answer.arrayBuffer()));
  }
  return files;
}

function listed(paths: readonly string[]): string {
  return paths.length === 0 ? 'all the same' : `not as it should be: ${paths.join(', ')}`;
}

/** @throws LabError `unavailable` for a client that was built without one */
function readManifest(): ClientManifest {
  try {
    return parseClientManifest(readFileSync(published, 'utf8'));
  } catch (cause) {
    throw new LabError('unavailable', 'the client has no manifest: npm run build', { cause });
  }
}
