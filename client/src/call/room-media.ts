/**
 * Media of a room, through the SFU. mediasoup-client's `onRtpSender` and `onRtpReceiver` are the
 * only places where a transform is set in time: see platform/encoded-transform.ts.
 */
import { KeyingError } from '@earshot/keying/errors';
import {
  ProtocolError,
  type ParticipantId,
  type ProducerInfo,
  type RtpCapabilities,
} from '@earshot/protocol';
import { Device, type types } from 'mediasoup-client';
import { transformedConnection } from '../platform/encoded-transform.ts';
import { CallError } from './call-api.ts';
import { LinkWatch } from './link-watch.ts';
import {
  newPipeId,
  type CallMedia,
  type MediaEvent,
  type MediaOptions,
  type MediaReport,
} from './media-port.ts';
import {
  deviceCapabilities,
  fromDtlsParameters,
  fromRtpParameters,
  routerCapabilities,
  toConsumerParameters,
  toTransportOptions,
} from './room-parameters.ts';

export interface RoomMediaOptions extends MediaOptions {
  readonly rtpCapabilities: RtpCapabilities;
  readonly producers: readonly ProducerInfo[];
}

/** One life of the media server: everything in it goes at once when the server loses it. */
interface Generation {
  readonly send: Promise<RoomTransport>;
  readonly receive: Promise<RoomTransport>;
  readonly consumers: Map<
    string,
    { readonly personId: ParticipantId; consumer: types.Consumer | undefined }
  >;
  pipeId: string | undefined;
  producer: types.Producer | undefined;
  isOver: boolean;
}

interface RoomTransport {
  readonly transport: types.Transport;
  readonly watch: LinkWatch;
}

export class RoomMedia implements CallMedia {
  readonly #options: RoomMediaOptions;
  readonly #device: Promise<Device>;
  /** The `a=crypto` line of each person (`sdes`), as first announced. */
  readonly #announced = new Map<ParticipantId, string>();
  readonly #down = new Set<types.Transport>();
  #generation: Generation;
  #isClosed = false;

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    this.#device = loadDevice(options);
    this.#generation = this.#begin();
    for (const producer of options.producers) this.#follow(producer);
  }

  /** Producers announce themselves. */
  addPerson(): void {
    return undefined;
  }

  removePerson(personId: ParticipantId): void {
    this.#announced.delete(personId);
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
        (await opening).watch.retryNow();
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
      return { pipeId: undefined, reports: [], personByTrackId: new Map() };
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#end(this.#generation);
  }

  #begin(): Generation {
    const generation: Generation = {
      send: this.#open('send'),
      receive: this.#open('receive'),
      consumers: new Map(),
      pipeId: undefined,
      producer: undefined,
      isOver: false,
    };
    this.#run(generation, () => this.#produce(generation));
    // Also awaited where consumers are made; a room without other people has none to tell of a failure.
    this.#run(generation, async () => {
      await generation.receive;
    });
    return generation;
  }

  async #open(direction: 'send' | 'receive'): Promise<RoomTransport> {
    const { signaling, keys, iceServers } = this.#options;
    const [device, options] = await Promise.all([
      this.#device,
      signaling.request('createTransport', { direction }),
    ]);
    const settings: types.TransportOptions = {
      ...toTransportOptions(options),
      iceServers: iceServers.map(({ urls, username, credential }) => ({
        urls,
        ...(username !== undefined && { username }),
        ...(credential !== undefined && { credential }),
      })),
      ...(keys !== undefined && { additionalSettings: transformedConnection }),
    };
    const transport =
      direction === 'send'
        ? device.createSendTransport(settings)
        : device.createRecvTransport(settings);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      signaling
        .request('connectTransport', {
          transportId: options.id,
          dtlsParameters: fromDtlsParameters(dtlsParameters),
        })
        .then(done, fail);
    });
    const watch = new LinkWatch({
      onLink: (link) => {
        this.#setLink(transport, link);
      },
      onRestart: () => {
        this.#run(this.#generation, () => this.#restartIce(transport));
      },
      onGiveUp: () => {
        this.#options.onFailure(
          new CallError('connection-failed', 'the media server is out of reach'),
        );
      },
    });
    transport.on('connectionstatechange', (state) => {
      watch.update(state);
    });
    return { transport, watch };
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
    const { personId, isWelcome } = await this.#takeKey(info);
    if (!isWelcome || generation.isOver) return;
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
        keys?.openReceiver(created, personId);
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

  /** `sdes`: the key that this person announced, once. A changed or refused one makes them unheard. */
  async #takeKey(
    info: ProducerInfo,
  ): Promise<{ readonly personId: ParticipantId; readonly isWelcome: boolean }> {
    const { mode, keys, onPersonRefused } = this.#options;
    const personId = info.participantId;
    if (mode !== 'sdes' || keys === undefined) return { personId, isWelcome: true };
    const known = this.#announced.get(personId);
    if (known !== undefined && known === info.crypto) return { personId, isWelcome: true };
    if (known !== undefined || info.crypto === undefined) {
      onPersonRefused(personId, 'sdes-no-agreement');
      return { personId, isWelcome: false };
    }
    this.#announced.set(personId, info.crypto);
    try {
      await keys.askSdes({ op: 'acceptAnnouncement', peerId: personId, line: info.crypto });
      return { personId, isWelcome: true };
    } catch (error) {
      if (!(error instanceof KeyingError)) throw error;
      onPersonRefused(personId, error.code);
      return { personId, isWelcome: false };
    }
  }

  async #restartIce(transport: types.Transport): Promise<void> {
    const isOpen = (): boolean => !transport.closed;
    if (!this.#options.signaling.isUp || !isOpen()) return;
    const { iceParameters } = await this.#options.signaling.request('restartIce', {
      transportId: transport.id,
    });
    if (!isOpen()) return;
    await transport.restartIce({
      iceParameters: {
        usernameFragment: iceParameters.usernameFragment,
        password: iceParameters.password,
        ...(iceParameters.iceLite !== undefined && { iceLite: iceParameters.iceLite }),
      },
    });
  }

  #setLink(transport: types.Transport, link: 'up' | 'down'): void {
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
    this.#generation = this.#begin();
  }

  #end(generation: Generation): void {
    generation.isOver = true;
    for (const { personId } of generation.consumers.values())
      this.#options.onReceiverGone(personId);
    generation.consumers.clear();
    this.#down.clear();
    for (const opening of [generation.send, generation.receive]) {
      opening.then(
        ({ transport, watch }) => {
          watch.close();
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

async function loadDevice(options: RoomMediaOptions): Promise<Device> {
  const device = await Device.factory();
  await device.load({
    routerRtpCapabilities: routerCapabilities(options.rtpCapabilities, options.mode),
  });
  return device;
}
