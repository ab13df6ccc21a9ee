import { setTimeout as pause } from 'node:timers/promises';
import { fromBase64 } from '@earshot/keying/bytes';
import { LobbyVisitor } from '@earshot/peer/lobby-visitor';
import type { RtpPacket } from '../dissect/rtp.ts';
import { recoverAsOpus } from '../recover/audio.ts';
import { recoverFromTap } from '../recover/from-tap.ts';
import { TapTrial, type TriedPacket } from '../recover/tap-trial.ts';
import { oncePerStack } from '../stage/once-per-stack.ts';
import { callIdOf, linkSecretOf, operatorView, type OperatorView } from '../stage/operator.ts';
import type { Person } from '../stage/person.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Notice, Proof } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';

const ghostName = 'ghost';
/** Six seconds of each. */
const enoughPackets = 300;
const pollMs = 250;

/** The call that the ghost joins from its lobby: both controls look at it. */
const joinedCalls = oncePerStack<JoinedCall>();

export default defineAttack({
  id: 'K15',
  title: 'Eavesdropper in the lobby',
  question:
    'Does somebody with the link whom the server keeps in the lobby, shown to nobody, get what opens the call?',
  power: 'active',
  // Elsewhere nothing is agreed on in the lobby, and the tap needs nobody in it: K4.
  cells: [{ mode: 'e2ee', topology: 'room' }],
  quick: 'none',
  // Unnoticed is right: whoever opens the link is there, without a name as yet, and is to hear nothing.
  claim: ({ row }) => ({
    outcome: row.keysHeldBy === 'endpoints' ? 'resists' : 'falls',
    noticed: false,
  }),
  run: fromTheLobby,
  controls: [
    {
      id: 'joins',
      title: 'the same ghost joins from the lobby: what is said from then on',
      proves: { outcome: 'falls', noticed: true },
      run: async (context) => {
        const { after, notices } = await joinedCall(context);
        return {
          tried:
            'The ghost joined from the lobby and tried what it was given on all that the tap held from then on.',
          proofs: await proofsOf(after),
          notices,
        };
      },
    },
    {
      id: 'before-it-joined',
      title: 'the same ghost joins from the lobby: what was said before',
      proves: { outcome: 'resists', noticed: true },
      run: async (context) => {
        const { before, notices } = await joinedCall(context);
        return {
          tried:
            'The ghost joined from the lobby and tried what it was given on all that the tap had held until then.',
          proofs: await proofsOf(before),
          notices,
        };
      },
    },
  ],
});

/** What the tap holds of one of the two. */
interface Overheard {
  readonly person: Person;
  readonly id: string;
  /** In the order sent. */
  readonly packets: readonly TriedPacket[];
}

interface JoinedCall {
  readonly before: readonly Overheard[];
  readonly after: readonly Overheard[];
  readonly notices: readonly Notice[];
}

/** Two who talk, and a ghost in their lobby who has agreed on keys with both. */
interface HauntedCall {
  readonly link: string;
  readonly people: readonly { readonly person: Person; readonly id: string }[];
  readonly ghost: LobbyVisitor;
  /** Of the tap, with what the ghost is given. */
  readonly trial: TapTrial;
}

async function fromTheLobby(context: RunContext): Promise<Evidence> {
  const call = await haunted(context);
  const overheard = await listenToBoth(context, call);
  const { ghost } = call;
  const view = await operatorView(await context.sharedStack(), call.link);
  const values = await valueProofs(call, { overheard, view });
  const others = ghost.received.filter(({ kind }) => kind !== 'handshake');
  return {
    tried:
      'A ghost with the link waited in the lobby, agreed on keys with the two who talked, and tried what it was given on all that the tap held.',
    proofs: [...(await proofsOf(overheard)), ...values.proofs],
    notices: await shownTo(call),
    obtained: {
      'people in the call with whom the ghost agreed on keys': securedWith(call),
      'handshake envelopes that it was given': ghost.received.length - others.length,
      'other envelopes that it was given': others.length,
      // They acknowledge the key that the ghost gives away: too short to hold one themselves.
      'bytes of the longest of those': Math.max(
        0,
        ...others.map(({ data }) => fromBase64(data).length),
      ),
      'values tried as keys': values.tried,
    },
    artefacts: [
      { name: 'signaling.jsonl', content: view.record.text },
      {
        name: 'given-to-the-ghost.jsonl',
        content: ghost.received.map((envelope) => `${JSON.stringify(envelope)}\n`).join(''),
      },
    ],
  };
}

async function joinedCall(context: RunContext): Promise<JoinedCall> {
  return joinedCalls(await context.sharedStack(), 'e2ee room', () => placeJoinedCall(context));
}

async function placeJoinedCall(context: RunContext): Promise<JoinedCall> {
  const call = await haunted(context);
  const untilThen = await listenToBoth(context, call);
  context.note('the ghost joins');
  await call.ghost.join(ghostName);
  await Promise.all(
    call.people.map(({ person }) => person.other(ghostName).waitFor({ state: 'attached' })),
  );
  const all = await listenUntil(
    context,
    call,
    ({ packets }) => openedOf(packets).length >= enoughPackets,
  );
  const heldOf = (id: string): number => {
    return untilThen.find((overheard) => overheard.id === id)?.packets.length ?? 0;
  };
  return {
    before: all.map((one) => ({ ...one, packets: one.packets.slice(0, heldOf(one.id)) })),
    after: all.map((one) => ({ ...one, packets: one.packets.slice(heldOf(one.id)) })),
    notices: await shownTo(call),
  };
}

/** The ghost is there before bob: alice changes her key under its eyes. */
async function haunted(context: RunContext): Promise<HauntedCall> {
  const { cell } = context;
  const { url: serverUrl } = await context.sharedStack();
  const alice = await context.invite('alice');
  const bob = await context.invite('bob');
  const link = await alice.createCall(cell);
  await alice.join();
  await alice.waitForPhase('waiting');
  const ghost = await LobbyVisitor.enter({
    ...{ serverUrl, callId: callIdOf(link), topology: cell.topology },
    linkSecret: linkSecretOf(link),
    admission: 'admit',
  });
  context.defer(() => {
    ghost.close();
  });
  await bob.join(link);
  await Promise.all([alice, bob].map((person) => person.waitForPhase('connected')));
  const people = [
    { person: alice, id: await bob.idOf('alice') },
    { person: bob, id: await alice.idOf('bob') },
  ];
  const call = { link, people, ghost, trial: new TapTrial((id) => ghost.openerFor(id)) };
  context.note('the ghost agrees on keys');
  while (securedWith(call) < people.length) {
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
  return call;
}

function securedWith({ ghost, people }: HauntedCall): number {
  return people.filter(({ id }) => ghost.states.get(id)?.kind === 'secure').length;
}

/** Until the tap holds enough of each of the two since now. */
async function listenToBoth(context: RunContext, call: HauntedCall): Promise<readonly Overheard[]> {
  const earlier = await listenUntil(context, call, () => true);
  return listenUntil(context, call, ({ id, packets }) => {
    const heldBefore = earlier.find((overheard) => overheard.id === id)?.packets.length ?? 0;
    return packets.length - heldBefore >= enoughPackets;
  });
}

async function listenUntil(
  context: RunContext,
  call: HauntedCall,
  isEnough: (overheard: Overheard) => boolean,
): Promise<readonly Overheard[]> {
  const stack = await context.sharedStack();
  for (;;) {
    const { packets } = await operatorView(stack, call.link);
    const overheard = call.people.map(({ person, id }) => ({
      ...{ person, id },
      packets: call.trial.try(id, packets.get(id) ?? []),
    }));
    if (overheard.every(isEnough)) return overheard;
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
}

function openedOf(packets: readonly TriedPacket[]): RtpPacket[] {
  return packets.flatMap(({ opened }) => opened ?? []);
}

async function proofsOf(overheard: readonly Overheard[]): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const { person, packets } of overheard) {
    const { speaker } = person;
    const opened = openedOf(packets);
    // What nothing opened is decoded as it is.
    const audible = opened.length > 0 ? opened : packets.map(({ sealed }) => sealed);
    proofs.push(
      {
        kind: 'count',
        what: `tapped packets of ${speaker} that the ghost’s keys open`,
        found: opened.length,
        of: packets.length,
      },
      {
        kind: 'audio',
        what: `what the ghost hears of ${speaker}`,
        speaker,
        notSpeaker: speaker === 'alice' ? 'bob' : 'alice',
        heard: (await recoverAsOpus(audible)).pcm,
      },
    );
  }
  return proofs;
}

/** Whatever has a key's size in the link and in what was relayed, tried as a sender's key. */
async function valueProofs(
  { link }: HauntedCall,
  { overheard, view }: { readonly overheard: readonly Overheard[]; readonly view: OperatorView },
): Promise<{ readonly proofs: readonly Proof[]; readonly tried: number }> {
  const ofLink = {
    ...{ at: new Date(0).toISOString(), from: ghostName, to: null, verb: 'envelope' },
    payload: { linkSecret: Buffer.from(linkSecretOf(link)).toString('base64') },
  };
  const record = new SignalingRecord(`${view.record.text.trimEnd()}\n${JSON.stringify(ofLink)}\n`);
  const proofs: Proof[] = [];
  let tried = 0;
  for (const { person, id, packets } of overheard) {
    const sealedPackets = packets.map(({ sealed }) => sealed);
    const media = {
      callId: view.callId,
      senderId: id,
      mode: 'e2ee',
      packets: sealedPackets,
    } as const;
    const { authentic, keysTried } = await recoverFromTap(media, record);
    tried += keysTried;
    proofs.push({
      kind: 'count',
      what: `tapped packets of ${person.speaker} authentic under a value of the link or the envelopes`,
      found: authentic,
      of: packets.length,
    });
  }
  return { proofs, tried };
}

async function shownTo({ people }: HauntedCall): Promise<readonly Notice[]> {
  return Promise.all(
    people.map(async ({ person }) => {
      const count = await person.others.count();
      return {
        what: `${person.speaker} is shown ${count === 1 ? 'one other' : `${String(count)} others`} in the call`,
        noticed: count > people.length - 1,
      };
    }),
  );
}
