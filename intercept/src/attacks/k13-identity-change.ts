import { topologies } from '@earshot/keying/mode';
import type { Person } from '../stage/person.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';

/** Whether alice believes that it is bob's new phone. */
type Reaction = 'waits' | 'accepts';

export default defineAttack({
  id: 'K13',
  title: 'Identity change',
  question: 'Can somebody with another key pass for a contact whose code was compared before?',
  power: 'active',
  cells: topologies.map((topology) => ({ mode: 'e2ee', topology })),
  quick: 'none',
  claim: ({ row }) => ({ outcome: row.peersAuthenticated ? 'resists' : 'falls', noticed: true }),
  run: (context) => impersonated(context, 'waits'),
  controls: [
    {
      id: 'accepted',
      title: 'the same, and alice accepts the new key without comparing codes',
      proves: { outcome: 'falls', noticed: true },
      run: (context) => impersonated(context, 'accepts'),
    },
  ],
});

/** The impostor has the link and the server's help, and not the key that bob's phone had. */
async function impersonated(context: RunContext, reaction: Reaction): Promise<Evidence> {
  const alice = await context.invite('alice');
  const bob = await context.invite('bob');
  await meet(context, alice, bob);
  await alice.page.getByTestId('compare').click();
  await alice.page.getByTestId('codes-match').click();
  await alice.page.getByTestId('compared').waitFor();
  const before = await trustOf(alice, 'verified');
  await alice.hangUp();
  await bob.context.close();

  const impostor = await context.invite('bob');
  await meet(context, alice, impostor);
  const held = alice.page.getByTestId('held');
  await held.waitFor();
  const shown = ((await held.textContent()) ?? '').trim();
  const trust = await trustOf(alice, 'changed');
  if (reaction === 'accepts') {
    await alice.page.getByTestId('accept-key').click();
    await held.waitFor({ state: 'detached' });
  }
  const proofs = await Promise.all([
    hearing(alice, impostor, reaction),
    hearing(impostor, alice, reaction),
  ]);
  return {
    tried:
      'Somebody called themselves bob in a call with alice, who had compared codes with bob before, and had another key.',
    proofs,
    notices: [{ what: `alice is shown: ${shown}`, noticed: trust === 'changed' }],
    obtained: { 'trust in the first call': before, 'trust in the second call': trust },
  };
}

/** Alice calls. */
async function meet(context: RunContext, alice: Person, other: Person): Promise<void> {
  const link = await alice.createCall(context.cell);
  await alice.join();
  await alice.waitForPhase('waiting');
  await other.join(link);
}

/** Waits for that trust to be shown. */
async function trustOf(alice: Person, trust: string): Promise<string> {
  const tile = alice.page.locator(`[data-testid="person"][data-trust="${trust}"]`);
  await tile.waitFor();
  return (await tile.getAttribute('data-trust')) ?? '';
}

async function hearing(person: Person, from: Person, reaction: Reaction): Promise<Proof> {
  const speaker = from.speaker;
  const heard =
    reaction === 'accepts'
      ? (await person.waitUntilHeard(speaker)).heard
      : await person.listen({ seconds: 4 });
  return {
    kind: 'audio',
    what: `what ${person.speaker === 'alice' ? 'alice hears of the impostor' : 'the impostor hears of alice'}`,
    speaker,
    notSpeaker: person.speaker,
    heard,
  };
}
