/** The `a=crypto` line that each person of a room announces with their producer (`sdes`). */
import { KeyingError } from '@earshot/keying/errors';
import type { ParticipantId, ProducerInfo } from '@earshot/protocol';
import type { KeyWorker } from './key-worker.ts';

export class AnnouncedKeys {
  readonly #keys: KeyWorker;
  readonly #onRefused: (personId: ParticipantId, code: string) => void;
  /** As first announced. */
  readonly #lines = new Map<ParticipantId, string>();

  constructor(options: {
    readonly keys: KeyWorker;
    readonly onRefused: (personId: ParticipantId, code: string) => void;
  }) {
    this.#keys = options.keys;
    this.#onRefused = options.onRefused;
  }

  /** Whether that person may be heard: a changed or refused key makes them unheard. */
  async take({ participantId, crypto }: ProducerInfo): Promise<'heard' | 'unheard'> {
    const known = this.#lines.get(participantId);
    if (known !== undefined && known === crypto) return 'heard';
    if (known !== undefined || crypto === undefined) {
      this.#onRefused(participantId, 'sdes-no-agreement');
      return 'unheard';
    }
    this.#lines.set(participantId, crypto);
    try {
      await this.#keys.askSdes({ op: 'acceptAnnouncement', peerId: participantId, line: crypto });
      return 'heard';
    } catch (error) {
      if (!(error instanceof KeyingError)) throw error;
      this.#onRefused(participantId, error.code);
      return 'unheard';
    }
  }

  forget(personId: ParticipantId): void {
    this.#lines.delete(personId);
  }
}
