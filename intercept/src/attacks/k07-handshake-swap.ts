import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { topologies } from '@earshot/keying/mode';
import { recoverAsOpus } from '../recover/audio.ts';
import { HandshakeSwap } from '../operator/handshake-swap.ts';
import { callIdOf, linkSecretOf, operatorView, type OperatorView } from '../stage/operator.ts';
import type { Person } from '../stage/person.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Notice, Proof } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';

/** 50 a second. */
const enoughPackets = 300;
const pollMs = 250;

export default defineAttack({
  id: 'K7',
  title: 'X25519 value swap',
  question: 'Can the operator take a seat in the middle by swapping the public values it relays?',
  power: 'active',
  cells: topologies.map((topology) => ({ mode: 'e2ee', topology })),
  quick: [{ mode: 'e2ee', topology: 'room' }],
  claim: ({ row, topology }) =>
    row.serverHears[topology] === 'never'
      ? { outcome: 'resists', noticed: true }
      : { outcome: 'falls' },
  run: (context) => swapped(context, 'guess'),
  controls: [
    {
      id: 'with-the-link-secret',
      title: 'the same swap by a server that has the link, and nobody compares codes',
      proves: { outcome: 'falls', noticed: true },
      run: (context) => swapped(context, 'known'),
    },
    {
      id: 'honest',
      title: 'nobody swaps anything: both see the same safety code',
      proves: { outcome: 'resists', noticed: false },
      run: honest,
    },
  ],
});

interface Placed {
  readonly alice: Person;
  readonly bob: Person;
  readonly link: string;
}

/** Up to the moment before bob joins. */
async function place(context: RunContext, serverUrl?: string): Promise<Placed> {
  const options = serverUrl === undefined ? {} : { serverUrl };
  const alice = await context.invite('alice', options);
  const bob = await context.invite('bob', options);
  const link = await alice.createCall(context.cell);
  return { alice, bob, link };
}

async function meet({ alice, bob, link }: Placed): Promise<void> {
  await alice.join();
  await alice.waitForPhase('waiting');
  await bob.join(link);
}

async function swapped(context: RunContext, linkSecret: 'guess' | 'known'): Promise<Evidence> {
  const relay = await context.startRelay();
  const placed = await place(context, relay.url);
  const { alice, bob, link } = placed;
  const swap = new HandshakeSwap({
    relay,
    callId: callIdOf(link),
    linkSecret: linkSecret === 'known' ? linkSecretOf(link) : new Uint8Array(randomBytes(32)),
  });
  context.defer(() => swap.close());
  await meet(placed);
  const notices =
    linkSecret === 'known' ? [await codesDiffer(alice, bob)] : await bothRefused([alice, bob]);
  const media = linkSecret === 'known' ? await heardBySwap(context, { placed, swap }) : [];
  const keysAgreed = [...swap.states.values()].filter(({ kind }) => kind === 'secure').length;
  return {
    tried: `The relay answered ${String(swap.swapped)} key envelopes itself, playing each person to the other.`,
    proofs: [
      { kind: 'count', what: 'people whose keys the server agreed on', found: keysAgreed, of: 2 },
      ...media,
    ],
    notices,
    obtained: { 'envelopes answered by the server': swap.swapped },
  };
}

async function honest(context: RunContext): Promise<Evidence> {
  const placed = await place(context);
  await meet(placed);
  const notice = await codesDiffer(placed.alice, placed.bob);
  return {
    tried: 'The two called each other through an honest server and compared their safety codes.',
    proofs: [
      { kind: 'count', what: 'pairs of codes that differ', found: notice.noticed ? 1 : 0, of: 1 },
    ],
    notices: [notice],
  };
}

/** In a room the operator also has the media: what it taps, opened with the keys that it agreed on. */
async function heardBySwap(
  context: RunContext,
  { placed, swap }: { readonly placed: Placed; readonly swap: HandshakeSwap },
): Promise<Proof[]> {
  if (context.cell.topology === 'direct') return [];
  const { alice, bob, link } = placed;
  const view = await tapUntilSpoken(context, link);
  const proofs: Proof[] = [];
  for (const [person, at, other] of [
    [alice, bob, bob],
    [bob, alice, alice],
  ] as const) {
    const id = await at.idOf(person.speaker);
    const opener = swap.openerFor(id);
    const opened = (view.packets.get(id) ?? []).flatMap((packet) => {
      const outcome = opener.open(packet.payload);
      return outcome.ok ? [{ ...packet, payload: outcome.bytes }] : [];
    });
    proofs.push({
      kind: 'audio',
      what: `what the server in the middle hears of ${person.speaker}`,
      speaker: person.speaker,
      notSpeaker: other.speaker,
      heard: (await recoverAsOpus(opened)).pcm,
    });
  }
  return proofs;
}

/** Until the tap holds six seconds of each of the two. */
async function tapUntilSpoken(context: RunContext, link: string): Promise<OperatorView> {
  const stack = await context.sharedStack();
  for (;;) {
    const view = await operatorView(stack, link);
    const spoken = [...view.packets.values()].filter(({ length }) => length >= enoughPackets);
    if (spoken.length >= 2) return view;
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
}

/** A direct call ends; in a room the other is shown as somebody with whom there are no keys. */
async function bothRefused(people: readonly Person[]): Promise<readonly Notice[]> {
  return Promise.all(
    people.map(async ({ speaker, page, phase }) => {
      const ended = page.locator('[data-testid="call-phase"][data-phase="ended"]');
      const failed = page.locator('[data-testid="person"][data-keying="failed"]');
      await ended.or(failed).first().waitFor({ state: 'attached' });
      if ((await failed.count()) > 0) {
        return { what: `${speaker} is shown that no keys were agreed on`, noticed: true };
      }
      const reason = (await phase.getAttribute('data-reason')) ?? '';
      return {
        what: `the call ended for ${speaker}: ${reason}`,
        noticed: reason === 'handshake-failed',
      };
    }),
  );
}

async function codesDiffer(alice: Person, bob: Person): Promise<Notice> {
  const [atAlice, atBob] = [await shownCode(alice), await shownCode(bob)];
  return { what: `safety codes: ${atAlice} / ${atBob}`, noticed: atAlice !== atBob };
}

async function shownCode(person: Person): Promise<string> {
  await person.page.locator('[data-testid="person"][data-keying="secure"]').waitFor();
  await person.openDetails();
  return person.safetyCode();
}
