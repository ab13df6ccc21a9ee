import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { keyingModes } from '@earshot/keying/mode';
import { CallMember } from '@earshot/peer/call-member';
import { createCall } from '@earshot/peer/create-call';
import { decodeOpus, type OpusFrame } from '../measure/opus-decode.ts';
import type { RelayedMessage } from '../operator/relayed-message.ts';
import { callIdOf, linkSecretOf } from '../stage/operator.ts';
import type { Person } from '../stage/person.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Notice, Proof } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';

const ghostName = 'ghost';
/** Four seconds of each. */
const enoughFrames = 200;
const pollMs = 250;

/** How the ghost comes in: on nobody's list, or as somebody who is shown. */
type Entrance = 'hidden' | 'announced';

export default defineAttack({
  id: 'K11',
  title: 'Ghost participant',
  question: 'Can the server put somebody else into a room who listens?',
  power: 'active',
  cells: keyingModes.map((mode) => ({ mode, topology: 'room' })),
  quick: 'none',
  // Sender keys are given to whom the list names; for a ghost that stays in the lobby see K15.
  claim: ({ row }) =>
    row.keysHeldBy === 'endpoints'
      ? { outcome: 'resists', noticed: true }
      : { outcome: 'falls', noticed: false },
  run: (context) => haunted(context, { link: 'guess' }),
  controls: [
    {
      id: 'with-the-link-secret',
      title: 'somebody who was given the link comes in the same way',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls', noticed: true },
      run: (context) => haunted(context, { link: 'known' }),
    },
    {
      id: 'in-another-room',
      title: 'the same ghost, put into another room of the same server',
      appliesTo: ({ row }) => row.keysHeldBy !== 'endpoints',
      proves: { outcome: 'resists', noticed: false },
      run: (context) => haunted(context, { link: 'guess', room: 'another' }),
    },
  ],
});

interface Haunting {
  /** Whether the ghost has the link's secret. */
  readonly link: 'guess' | 'known';
  readonly room?: 'another';
}

async function haunted(context: RunContext, haunting: Haunting): Promise<Evidence> {
  const { mode, row } = context.cell;
  const entrance: Entrance = row.keysHeldBy === 'endpoints' ? 'announced' : 'hidden';
  const relay = await context.startRelay(entrance === 'hidden' ? withoutGhost() : undefined);
  const alice = await context.invite('alice', { serverUrl: relay.url });
  const bob = await context.invite('bob', { serverUrl: relay.url });
  const link = await alice.createCall(context.cell);
  await alice.join();
  await alice.waitForPhase('waiting');
  await bob.join(link);
  await Promise.all([alice, bob].map((person) => person.waitForPhase('connected')));

  const heard = new Map<string, OpusFrame[]>();
  const { url: serverUrl } = await context.sharedStack();
  const linkSecret =
    haunting.link === 'known' ? linkSecretOf(link) : new Uint8Array(randomBytes(32));
  const ghost = await CallMember.join({
    serverUrl,
    callId:
      haunting.room === 'another'
        ? await createCall({ serverUrl, mode, topology: 'room' })
        : callIdOf(link),
    topology: 'room',
    name: ghostName,
    keying: mode === 'e2ee' ? { mode, linkSecret } : { mode },
    part: 'listener',
    onFrame: (from, frame) => {
      const frames = heard.get(from) ?? [];
      heard.set(from, frames);
      frames.push(frame);
    },
  });
  context.defer(() => ghost.close());
  const ids = { alice: await bob.idOf('alice'), bob: await alice.idOf('bob') };
  await untilHaunted(context, { ghost, ids: Object.values(ids), haunting });
  const proofs: Proof[] = [];
  for (const [speaker, notSpeaker] of [
    ['alice', 'bob'],
    ['bob', 'alice'],
  ] as const) {
    proofs.push({
      kind: 'audio',
      what: `what the ghost hears of ${speaker}`,
      ...{ speaker, notSpeaker },
      heard: (await decodeOpus(heard.get(ids[speaker]) ?? [])).pcm,
    });
  }
  const opened = Object.values(ids).flatMap((id) => openedBy(ghost, id) ?? []);
  const dropped = opened.flatMap(({ dropped: reasons }) => Object.values(reasons));
  return {
    tried:
      entrance === 'hidden'
        ? 'The server let somebody else into the room and told nobody.'
        : `The server let somebody else into the room, who asked for keys ${haunting.link === 'known' ? 'with' : 'without'} the link’s secret.`,
    proofs,
    notices: await Promise.all([alice, bob].map((person) => shownTo(person, entrance))),
    obtained: {
      'frames that the ghost opened': opened.reduce((sum, { passed }) => sum + passed, 0),
      'frames that it could not open': dropped.reduce((sum, count) => sum + count, 0),
      'keys agreed on with the ghost': [...ghost.states.values()]
        .map(({ kind }) => kind)
        .join(', '),
    },
  };
}

/** Until it has been sent enough of both, whether it opens or not; in another room there is nothing to wait for. */
async function untilHaunted(
  context: RunContext,
  options: {
    readonly ghost: CallMember;
    readonly ids: readonly string[];
    readonly haunting: Haunting;
  },
): Promise<void> {
  const { ghost, ids, haunting } = options;
  const startedAt = Date.now();
  for (;;) {
    const isDone = ids.every((id) => {
      const { passed, dropped } = openedBy(ghost, id) ?? { passed: 0, dropped: {} };
      const refused = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      // Whoever gets keys was refused what came before them.
      return haunting.link === 'known' ? passed >= enoughFrames : passed + refused >= enoughFrames;
    });
    const isAlone = haunting.room === 'another' && Date.now() - startedAt > 20 * enoughFrames;
    if (isDone || isAlone) return;
    context.signal.throwIfAborted();
    await pause(pollMs);
  }
}

/** Undefined for somebody who is not in the ghost's call. */
function openedBy(ghost: CallMember, id: string): ReturnType<CallMember['opened']> | undefined {
  const known = [...ghost.others.keys()].find((other) => other === id);
  return known === undefined ? undefined : ghost.opened(known);
}

/** Takes everything that speaks of the ghost out of what the others are sent. */
function withoutGhost(): (message: RelayedMessage) => readonly RelayedMessage[] {
  return (message) => {
    if (message.kind !== 'event' || message.name !== 'participantJoined') return [message];
    return message.payload.participant.name === ghostName ? [] : [message];
  };
}

async function shownTo(person: Person, entrance: Entrance): Promise<Notice> {
  const shown = person.other(ghostName);
  if (entrance === 'announced') await shown.waitFor();
  const isShown = (await shown.count()) > 0;
  const keying = isShown ? await shown.getAttribute('data-keying') : null;
  return {
    what: isShown
      ? `${person.speaker} is shown ${ghostName}, keys: ${keying ?? 'none'}`
      : `${person.speaker} is shown nobody else`,
    noticed: isShown,
  };
}
