import { defineAttack } from '../src/lab/attack.ts';
import { SignalingRecord } from '../src/tap/signaling-record.ts';
import type { Evidence } from '../src/lab/evidence.ts';
import type { RecordedCall } from '../src/lab/recorded-call.ts';

export default defineAttack({
  id: 'M9',
  title: 'Who spoke with whom',
  question: 'Does the operator’s log say who was in a call?',
  power: 'signaling-log',
  cells: [{ mode: 'e2ee', topology: 'direct' }],
  quick: 'none',
  // No mode hides it, so no column of its row says it.
  claim: () => ({ outcome: 'falls' }),
  run: async (context) => {
    const call = await context.recordedCall();
    return named(call, call.record);
  },
  controls: [
    {
      id: 'empty-log',
      title: 'the same search in a log that holds nothing',
      proves: { outcome: 'resists' },
      run: async (context) => named(await context.recordedCall(), new SignalingRecord('')),
    },
  ],
});

function named({ people }: RecordedCall, record: SignalingRecord): Evidence {
  const senders = new Set(record.messages.map(({ from }) => from));
  return {
    tried: 'The people of the call were looked for among the senders in the log.',
    proofs: [
      {
        kind: 'count',
        what: 'people of the call whom the log names',
        found: people.filter(({ id }) => senders.has(id)).length,
        of: people.length,
      },
    ],
    artefacts: [{ name: 'signaling.jsonl', content: record.text }],
  };
}
