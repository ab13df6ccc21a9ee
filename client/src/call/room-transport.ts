/** One direction of a room's media: a transport to the SFU, and what becomes of its connection. */
import type { TransportDirection, TransportOptions } from '@earshot/protocol';
import type { Device, types } from 'mediasoup-client';
import { transformedConnection } from '../platform/encoded-transform.ts';
import { CallError } from './call-api.ts';
import { LinkWatch } from './link-watch.ts';
import type { MediaOptions, MediaSignaling } from './media-port.ts';
import { fromDtlsParameters, toTransportOptions } from './room-parameters.ts';

/** A room's transports at the media server. */
export type ServerTransports = Readonly<Record<TransportDirection, Promise<TransportOptions>>>;

/** May be asked for behind `join`, before its answer: who is refused there is refused here. */
export function askTransports(signaling: Pick<MediaSignaling, 'request'>): ServerTransports {
  const ask = (direction: TransportDirection): Promise<TransportOptions> => {
    const asked = signaling.request('createTransport', { direction });
    // Told where it is awaited, unless nobody awaits it any more.
    asked.catch(() => undefined);
    return asked;
  };
  return { send: ask('send'), receive: ask('receive') };
}

export interface RoomTransportOptions extends Pick<
  MediaOptions,
  'signaling' | 'keys' | 'iceServers' | 'onFailure'
> {
  readonly direction: TransportDirection;
  readonly remote: Promise<TransportOptions>;
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
    const { direction, keys, iceServers } = options;
    const [device, remote] = await Promise.all([options.device, options.remote]);
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
    transport.on('connect', ({ dtlsParameters }, done) => {
      // Not waited for: ICE takes a round trip before anything of DTLS is sent, and DTLS repeats what comes too early.
      run(async () => {
        await signaling.request('connectTransport', {
          transportId: transport.id,
          dtlsParameters: fromDtlsParameters(dtlsParameters),
        });
      });
      done();
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
