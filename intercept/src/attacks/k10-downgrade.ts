import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { KeyingError } from '@earshot/keying/errors';
import { createResponder } from '@earshot/keying/handshake';
import { topologies } from '@earshot/keying/mode';
import { parseCryptoLine, wipeCryptoAttribute } from '@earshot/keying/sdes';
import { defaultFrameSuite } from '@earshot/keying/sframe';
import { CallMember } from '@earshot/peer/call-member';
import { createCall } from '@earshot/peer/create-call';
import { createIdentity } from '@earshot/peer/device-identity';
import { recoverAsOpus } from '../recover/audio.ts';
import type { Rewrite } from '../operator/active-relay.ts';
import {
  changeCryptoLines,
  joinFailOpen,
  makeLowerMode,
  sayLowerMode,
} from '../operator/downgrade.ts';
import { HandshakeForger } from '../operator/handshake-forger.ts';
import { operatorView } from '../stage/operator.ts';
import { spokenFrames } from '../stage/spoken-frames.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';

/** Four seconds. */
const enoughPackets = 200;
const pollMs = 100;

export default defineAttack({
  id: 'K10',
  title: 'Downgrade',
  question: 'Can the server have a call placed with less protection than its link says?',
  power: 'active',
  cells: (['sdes', 'e2ee'] as const).flatMap((mode) =>
    topologies.map((topology) => ({ mode, topology })),
  ),
  quick: [{ mode: 'e2ee', topology: 'room' }],
  // The mode is in the link, which the server does not make: so in every mode alike.
  claim: () => ({ outcome: 'resists', noticed: true }),
  run: async (context) => {
    const { mode, topology } = context.cell;
    const attempts = [
      await inBrowser(
        context,
        'people in the lobby are told a lower mode',
        sayLowerMode('enterLobby'),
      ),
      await inBrowser(context, 'joining people are told a lower mode', sayLowerMode('join')),
      await inBrowser(context, 'the call is made in a lower mode', makeLowerMode),
    ];
    if (mode === 'e2ee') attempts.push(await withWeakerSuite());
    if (mode === 'sdes' && topology === 'direct') {
      attempts.push(await withoutLines(context, 'offer'), await withoutLines(context, 'answer'));
    }
    return evidenceOf(attempts);
  },
  controls: [
    {
      id: 'fail-open-client',
      title: 'a client that goes on in the mode that the server says',
      proves: { outcome: 'falls', noticed: false },
      run: (context) => failOpen(context),
    },
    {
      id: 'weakest-suite-only',
      title:
        'suites: the server takes all but the weakest line out of the offer, which nothing binds',
      appliesTo: ({ mode, topology }) => mode === 'sdes' && topology === 'direct',
      proves: { outcome: 'falls', noticed: false },
      run: (context) => withWeakestLine(context),
    },
  ],
});

interface Attempt {
  readonly what: string;
  /** The call was placed with less. */
  readonly wentOn: boolean;
  /** What whoever was to go on did instead. */
  readonly said: string;
}

function evidenceOf(attempts: readonly Attempt[]): Evidence {
  return {
    tried: `The server tried in ${String(attempts.length)} ways to have the call placed with less: ${attempts.map(({ what }) => what).join('; ')}.`,
    proofs: [
      {
        kind: 'count',
        what: 'ways in which the call went on with less protection',
        found: attempts.filter(({ wentOn }) => wentOn).length,
        of: attempts.length,
      },
    ],
    notices: attempts.map(({ what, wentOn, said }) => ({
      what: `${what}: ${said}`,
      noticed: !wentOn,
    })),
  };
}

async function inBrowser(context: RunContext, what: string, rewrite: Rewrite): Promise<Attempt> {
  const relay = await context.startRelay(rewrite);
  const alice = await context.invite('alice', { serverUrl: relay.url });
  // Refused at any time: the page with the call's end takes the place of whatever is being filled in.
  const joining = alice.createCall(context.cell).then(() => alice.join());
  joining.catch(() => undefined);
  const decided = ['ended', 'waiting']
    .map((phase) => `[data-testid="call-phase"][data-phase="${phase}"]`)
    .join();
  const phase = alice.page.locator(decided);
  await phase.waitFor({ state: 'attached' });
  const reason = await phase.getAttribute('data-reason');
  return {
    what,
    wentOn: reason !== 'mode-refused',
    said: reason === null ? 'the call goes on' : `the call ended with ${reason}`,
  };
}

/** A commitment to a handshake for frames with a tag of 4 bytes. */
async function withWeakerSuite(): Promise<Attempt> {
  const what = 'the handshake begins with a weaker suite';
  const call = { callId: 'downgrade', mode: 'e2ee' } as const;
  const responder = createResponder({
    ...{ ...call, suite: defaultFrameSuite, selfId: 'bob', peerId: 'alice' },
    ...{ linkSecret: undefined, identity: createIdentity() },
    random: (length) => new Uint8Array(randomBytes(length)),
  });
  const forger = new HandshakeForger({
    ...{ ...call, suite: 'AES_128_CTR_HMAC_SHA256_32', role: 'initiator' },
    ...{ selfId: 'alice', peerId: 'bob' },
  });
  try {
    await responder.receive(forger.commitTo(forger.part()));
    return { what, wentOn: true, said: 'it was answered' };
  } catch (error) {
    if (!(error instanceof KeyingError)) throw error;
    return { what, wentOn: false, said: error.code };
  }
}

/** RFC 4568 section 5.3: an accepted stream without `a=crypto` must fail. */
async function withoutLines(
  context: RunContext,
  description: 'offer' | 'answer',
): Promise<Attempt> {
  const relay = await context.startRelay(changeCryptoLines(description, () => []));
  const { alice, bob, heard } = await talk(context, relay.url);
  const failures = (): unknown[] => [...alice.failures, ...bob.failures];
  await until(context, () => failures().length > 0 || heard() > 0);
  const [failure] = failures();
  return {
    what: `the ${description} loses its a=crypto lines`,
    wentOn: heard() > 0,
    said: failure instanceof Error && 'code' in failure ? String(failure.code) : 'no refusal',
  };
}

async function withWeakestLine(context: RunContext): Promise<Evidence> {
  const offered: string[] = [];
  const relay = await context.startRelay(
    changeCryptoLines('offer', (lines) => {
      offered.push(...lines.map(suiteOf));
      return [...lines].sort((a, b) => strengthOf(a) - strengthOf(b)).slice(0, 1);
    }),
  );
  const { heard } = await talk(context, relay.url);
  await until(context, () => heard() > 0);
  const attempt = {
    what: 'the offer keeps its weakest suite only',
    wentOn: true,
    said: `they talk, though ${String(offered.length)} suites were offered, ${offered[0] ?? 'none'} first`,
  };
  return evidenceOf([attempt]);
}

/** Two clients that believe the server; what they say is then the server's to hear. */
async function failOpen(context: RunContext): Promise<Evidence> {
  const { mode, topology } = context.cell;
  const relay = await context.startRelay(makeLowerMode);
  const callId = await createCall({ serverUrl: relay.url, mode, topology });
  const seat = { serverUrl: relay.url, callId, topology, asksFor: mode };
  const joined = await joinFailOpen({ ...seat, name: 'alice' });
  context.defer(() => joined.member.close());
  const evidence = evidenceOf([
    {
      what: 'the call is made in a lower mode',
      wentOn: joined.mode !== mode,
      said: `the client goes on in ${joined.mode}`,
    },
  ]);
  if (topology === 'direct') return evidence;
  joined.member.speak(spokenByAlice());
  await joined.member.connected;
  const stack = await context.sharedStack();
  const link = new URL(`/j/${callId}`, stack.url).href;
  for (;;) {
    const { packets } = await operatorView(stack, link);
    const tapped = packets.get(joined.member.self.id) ?? [];
    if (tapped.length >= enoughPackets) {
      const proof = {
        kind: 'audio',
        what: 'what the operator’s tap gives of alice',
        speaker: 'alice',
        notSpeaker: 'bob',
        heard: (await recoverAsOpus(tapped)).pcm,
      } as const;
      return { ...evidence, proofs: [...evidence.proofs, proof] };
    }
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
}

/** Two people without browsers in an `sdes` call; `heard` counts what bob opened of alice. */
async function talk(
  context: RunContext,
  serverUrl: string,
): Promise<{
  readonly alice: CallMember;
  readonly bob: CallMember;
  readonly heard: () => number;
}> {
  const call = { mode: 'sdes', topology: 'direct' } as const;
  const callId = await createCall({ serverUrl, ...call });
  const seat = { serverUrl, callId, topology: call.topology, keying: { mode: call.mode } } as const;
  let frames = 0;
  const alice = await CallMember.join({ ...seat, name: 'alice' });
  context.defer(() => alice.close());
  const bob = await CallMember.join({ ...seat, name: 'bob', onFrame: () => frames++ });
  context.defer(() => bob.close());
  alice.speak(spokenByAlice());
  return { alice, bob, heard: () => frames };
}

function spokenByAlice(): Parameters<CallMember['speak']>[0] {
  return { rate: 'constant', frames: spokenFrames('alice').map(({ payload }) => payload) };
}

async function until(context: RunContext, isReached: () => boolean): Promise<void> {
  while (!isReached()) {
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
}

function suiteOf(line: string): string {
  const attribute = parseCryptoLine(line);
  wipeCryptoAttribute(attribute);
  return attribute.suite;
}

/** Bits of the tag, as the suite's name has them; GCM's are 128. */
function strengthOf(line: string): number {
  return Number(/_(32|80)$/.exec(suiteOf(line))?.[1] ?? 128);
}
