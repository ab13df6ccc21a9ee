/**
 * Media of a room, through the SFU. mediasoup-client's `onRtpSender` and `onRtpReceiver` are the
 * only places where a transform is set in time: see platform/encoded-transform.ts.
 */
import {
  ProtocolError,
  type ParticipantId,
  type ProducerInfo,
  type RtpCapabilities,
  type TransportDirection,
} from '@earshot/protocol';
import type { Device, types } from 'mediasoup-client';
import { AnnouncedKeys } from './announced-keys.ts';
import { CallError } from './call-api.ts';
import {
  newPipeId,
  noReport,
  type CallMedia,
  type MediaEvent,
  type MediaOptions,
  type MediaReport,
} from './media-port.ts';
import { loadDevice } from './room-device.ts';
import { deviceCapabilities, fromRtpParameters, toConsumerParameters } from './room-parameters.ts';
import { askTransports, RoomTransport, type ServerTransports } from './room-transport.ts';

export interface RoomMediaOptions extends MediaOptions {
  readonly rtpCapabilities: RtpCapabilities;
  readonly producers: readonly ProducerInfo[];
  readonly transports: ServerTransports;
}

/** One life of the media server: everything in it goes at once when the server loses it. */
interface Generation {
  readonly send: Promise<RoomTransport>;
  readonly receive: Promise<RoomTransport>;
  /** The own sound is on its way to the room, or could not be sent there. */
  readonly produced: PromiseWithResolvers<void>;
  readonly consumers: Map<
    string,
    { readonly personId: ParticipantId; consumer: types.Consumer | undefined }
  >;
  pipeId: string | undefined;
  producer: types.Producer | undefined;
  isOver: boolean;
}

export class RoomMedia implements CallMedia {
  readonly #options: RoomMediaOptions;
  readonly #device: Promise<Device>;
  /** Undefined in modes whose keys nobody announces. */
  readonly #announced: AnnouncedKeys | undefined;
  readonly #down = new Set<RoomTransport>();
  #generation: Generation;
  #isClosed = false;

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    const { mode, keys, onPersonRefused } = options;
    if (mode === 'sdes' && keys !== undefined) {
      this.#announced = new AnnouncedKeys({ keys, onRefused: onPersonRefused });
    }
    this.#device = loadDevice(options);
    this.#generation = this.#begin(options.transports);
    for (const producer of options.producers) this.#follow(producer);
  }

  /** Producers announce themselves. */
  addPerson(): Promise<void> {
    return this.#generation.produced.promise;
  }

  removePerson(personId: ParticipantId): void {
    this.#announced?.forget(personId);
    for (const [producerId, consumer] of this.#generation.consumers) {
      if (consumer.personId === personId) this.#remove(producerId);
    }
  }

  receive(event: MediaEvent): void {
    switch (event.name) {
      case 'producerAdded':
        this.#follow(event.payload);
        return;
      case 'producerRemoved':
        this.#remove(event.payload.producerId);
        return;
      case 'mediaLost':
        this.#rebuild();
        return;
      case 'offer':
      case 'answer':
      case 'candidate':
        throw new CallError('internal', `${event.name} in a room`);
    }
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    await this.#generation.producer?.replaceTrack({ track });
  }

  signalingCameBack(): void {
    const generation = this.#generation;
    for (const opening of [generation.send, generation.receive]) {
      this.#run(generation, async () => {
        (await opening).retryNow();
      });
    }
  }

  async measure(): Promise<MediaReport> {
    const generation = this.#generation;
    const personByTrackId = new Map<string, ParticipantId>();
    for (const { personId, consumer } of generation.consumers.values()) {
      if (consumer !== undefined) personByTrackId.set(consumer.track.id, personId);
    }
    try {
      const transports = await Promise.all([generation.send, generation.receive]);
      const reports = await Promise.all(transports.map(({ transport }) => transport.getStats()));
      return { pipeId: generation.pipeId, reports, personByTrackId };
    } catch (error) {
      if (!this.#isClosed && !generation.isOver && !isPassing(error)) throw error;
      return noReport;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#end(this.#generation);
  }

  #begin(transports: ServerTransports): Generation {
    const generation: Generation = {
      send: this.#open('send', transports),
      receive: this.#open('receive', transports),
      produced: Promise.withResolvers(),
      consumers: new Map(),
      pipeId: undefined,
      producer: undefined,
      isOver: false,
    };
    this.#run(generation, () => this.#produce(generation).finally(generation.produced.resolve));
    // Also awaited where consumers are made; a room without other people has none to tell of a failure.
    this.#run(generation, async () => {
      await generation.receive;
    });
    return generation;
  }

  #open(direction: TransportDirection, transports: ServerTransports): Promise<RoomTransport> {
    const { signaling, keys, iceServers, onFailure } = this.#options;
    return RoomTransport.open({
      ...{ direction, remote: transports[direction], device: this.#device },
      ...{ signaling, keys, iceServers, onFailure },
      onLink: (transport, link) => {
        this.#setLink(transport, link);
      },
      run: (step) => {
        this.#run(this.#generation, step);
      },
    });
  }

  async #produce(generation: Generation): Promise<void> {
    const { mode, keys, microphone, signaling, onSender } = this.#options;
    const [crypto] =
      mode === 'sdes' && keys !== undefined ? await keys.askSdes({ op: 'announceLine' }) : [];
    const { transport } = await generation.send;
    if (generation.isOver) return;
    transport.on('produce', ({ rtpParameters }, done, fail) => {
      signaling
        .request('produce', {
          transportId: transport.id,
          rtpParameters: fromRtpParameters(rtpParameters),
          ...(crypto !== undefined && { crypto }),
        })
        .then(({ producerId }) => {
          done({ id: producerId });
        }, fail);
    });
    const pipeId = newPipeId();
    generation.producer = await transport.produce({
      track: microphone.track,
      // The microphone owns the track: it is muted and stopped there only.
      stopTracks: false,
      disableTrackOnPause: false,
      codecOptions: { opusStereo: false, opusFec: true, opusDtx: false },
      onRtpSender: (sender) => {
        keys?.sealSender(sender, pipeId);
        generation.pipeId = pipeId;
        onSender(pipeId);
      },
    });
  }

  #follow(info: ProducerInfo): void {
    const generation = this.#generation;
    this.#run(generation, () => this.#consume(generation, info));
  }

  async #consume(generation: Generation, info: ProducerInfo): Promise<void> {
    const personId = info.participantId;
    if ((await this.#announced?.take(info)) === 'unheard' || generation.isOver) return;
    const entry: { personId: ParticipantId; consumer: types.Consumer | undefined } = {
      personId,
      consumer: undefined,
    };
    generation.consumers.set(info.producerId, entry);
    const { keys, signaling, onReceiver } = this.#options;
    const [device, { transport }] = await Promise.all([this.#device, generation.receive]);
    const options = await signaling.request('consume', {
      transportId: transport.id,
      producerId: info.producerId,
      rtpCapabilities: deviceCapabilities(device.recvRtpCapabilities),
    });
    const isGone = (): boolean =>
      generation.isOver || generation.consumers.get(info.producerId) !== entry;
    if (isGone()) return;
    let receiver: RTCRtpReceiver | undefined;
    const consumer = await transport.consume({
      id: options.consumerId,
      producerId: options.producerId,
      kind: 'audio',
      rtpParameters: toConsumerParameters(options),
      onRtpReceiver: (created) => {
        const pipeId = newPipeId();
        keys?.openReceiver(created, pipeId);
        keys?.openFor(pipeId, personId);
        receiver = created;
      },
    });
    if (isGone() || receiver === undefined) {
      consumer.close();
      return;
    }
    entry.consumer = consumer;
    onReceiver(personId, receiver);
    // Only now: packets that came before the receiver was ready would be lost, or worse, not opened.
    await signaling.request('resumeConsumer', { consumerId: options.consumerId });
  }

  #setLink(transport: RoomTransport, link: 'up' | 'down'): void {
    if (link === 'down') this.#down.add(transport);
    else this.#down.delete(transport);
    this.#options.onLink(this.#down.size === 0 ? 'up' : 'down');
  }

  #remove(producerId: string): void {
    const entry = this.#generation.consumers.get(producerId);
    if (entry === undefined) return;
    this.#generation.consumers.delete(producerId);
    entry.consumer?.close();
    this.#options.onReceiverGone(entry.personId);
  }

  /** The keys stay, and so do the counters: only the way of the frames is new. */
  #rebuild(): void {
    if (this.#isClosed) return;
    this.#options.onLink('down');
    this.#end(this.#generation);
    this.#generation = this.#begin(askTransports(this.#options.signaling));
  }

  #end(generation: Generation): void {
    generation.isOver = true;
    for (const { personId } of generation.consumers.values())
      this.#options.onReceiverGone(personId);
    generation.consumers.clear();
    this.#down.clear();
    for (const opening of [generation.send, generation.receive]) {
      opening.then(
        (transport) => {
          transport.close();
        },
        () => undefined,
      );
    }
  }

  #run(generation: Generation, step: () => Promise<void>): void {
    step().catch((error: unknown) => {
      // What belonged to media that is gone failed because of that; its successor is on the way.
      if (this.#isClosed || generation.isOver || isPassing(error)) return;
      this.#options.onFailure(error);
    });
  }
}

/** The media server told, or is about to tell, what happened: a producer left, or `mediaLost` follows. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof ProtocolError &&
    (error.code === 'media-unknown' || error.code === 'media-lost')
  );
}
