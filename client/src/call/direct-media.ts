/** Media of a direct call: a connection to the only other person, made before they come, for as long as they are there. */
import type { Participant, ParticipantId } from '@earshot/protocol';
import { CallError } from './call-api.ts';
import { DirectConnection } from './direct-connection.ts';
import {
  noReport,
  type CallMedia,
  type MediaEvent,
  type MediaOptions,
  type MediaReport,
} from './media-port.ts';

export class DirectMedia implements CallMedia {
  readonly #options: MediaOptions;
  #connection: DirectConnection | undefined;

  constructor(options: MediaOptions) {
    this.#options = options;
    this.#connection = new DirectConnection(options);
  }

  addPerson(person: Participant): Promise<void> {
    if (this.#connection?.personId !== undefined) {
      this.#connection.close();
      this.#connection = undefined;
    }
    this.#connection ??= new DirectConnection(this.#options);
    return this.#connection.meet(person);
  }

  removePerson(personId: ParticipantId): void {
    if (this.#connection?.personId !== personId) return;
    this.#connection.close();
    this.#connection = undefined;
    this.#options.onReceiverGone(personId);
  }

  receive(event: MediaEvent): void {
    switch (event.name) {
      case 'offer':
      case 'answer':
      case 'candidate':
        if (event.payload.from === this.#connection?.personId) this.#connection.receive(event);
        return;
      case 'producerAdded':
      case 'producerRemoved':
      case 'mediaLost':
        throw new CallError('internal', `${event.name} in a direct call`);
    }
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    await this.#connection?.replaceTrack(track);
  }

  signalingCameBack(): void {
    this.#connection?.signalingCameBack();
  }

  async measure(): Promise<MediaReport> {
    return (await this.#connection?.measure()) ?? noReport;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}
