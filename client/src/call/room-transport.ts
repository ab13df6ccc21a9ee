/** One direction of a room's media: a transport to the SFU, and what becomes of its connection. */
import type { Device, types } from 'mediasoup-client';
import { transformedConnection } from '../platform/encoded-transform.ts';
import { CallError } from './call-api.ts';
import { LinkWatch } from './link-watch.ts';
import type { MediaOptions } from './media-port.ts';
import { fromDtlsParameters, toTransportOptions } from './room-parameters.ts';

export interface RoomTransportOptions extends Pick<
  MediaOptions,
  'signaling' | 'keys' | 'iceServers' | 'onFailure'
> {
  readonly direction: 'send' | 'receive';
  readonly device: Promise<Device>;
  readonly onLink: (transport: RoomTransport, link: 'up' | 'down') => void;
  /** Runs what may fail because the media went away meanwhile. */
  readonly run: (step: () => Promise<void>) => void;
}

export class RoomTransport {
  readonly transport: types.Transport;
  readonly #options: RoomTransportOptions;
  readonly #watch: LinkWatch;

  /** @throws CallError, ProtocolError */
  static async open(options: RoomTransportOptions): Promise<RoomTransport> {
    const { direction, signaling, keys, iceServers } = options;
    const [device, remote] = await Promise.all([
      options.device,
      signaling.request('createTransport', { direction }),
    ]);
    const settings: types.TransportOptions = {
      ...toTransportOptions(remote),
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
    return new RoomTransport(options, transport);
  }

  private constructor(options: RoomTransportOptions, transport: types.Transport) {
    this.#options = options;
    this.transport = transport;
    const { signaling, run, onLink, onFailure } = options;
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      signaling
        .request('connectTransport', {
          transportId: transport.id,
          dtlsParameters: fromDtlsParameters(dtlsParameters),
        })
        .then(done, fail);
    });
    this.#watch = new LinkWatch({
      onLink: (link) => {
        onLink(this, link);
      },
      onRestart: () => {
        run(() => this.#restartIce());
      },
      onGiveUp: () => {
        onFailure(new CallError('connection-failed', 'the media server is out of reach'));
      },
    });
    transport.on('connectionstatechange', (state) => {
      this.#watch.update(state);
    });
  }

  retryNow(): void {
    this.#watch.retryNow();
  }

  close(): void {
    this.#watch.close();
    this.transport.close();
  }

  async #restartIce(): Promise<void> {
    const { signaling } = this.#options;
    const { transport } = this;
    const isOpen = (): boolean => !transport.closed;
    if (!signaling.isUp || !isOpen()) return;
    const { iceParameters } = await signaling.request('restartIce', { transportId: transport.id });
    if (!isOpen()) return;
    await transport.restartIce({
      iceParameters: {
        usernameFragment: iceParameters.usernameFragment,
        password: iceParameters.password,
        ...(iceParameters.iceLite !== undefined && { iceLite: iceParameters.iceLite }),
      },
    });
  }
}
