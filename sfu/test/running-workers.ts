/** What the workers really hold, asked from mediasoup itself and not from the code under test. */
import type { ParticipantId, RtpParameters } from '@earshot/protocol';
import { callId, participantId } from '@earshot/protocol';
import { observer, type types } from 'mediasoup';
import process from 'node:process';
import { vi } from 'vitest';
import type { MediaRoom, MediaServer, OpenRoomOptions } from '../src/api.ts';
import { createMediaServer, type MediaServerOptions } from '../src/media-server.ts';

/** Every worker and router that this test process has started, oldest first. */
export const started = {
  workers: [] as types.Worker[],
  /** The taps' transports. */
  direct: [] as types.Transport[],
  routers: [] as { readonly router: types.Router; readonly worker: types.Worker }[],
};

observer.on('newworker', (worker) => {
  started.workers.push(worker);
  worker.observer.on('newrouter', (router) => {
    started.routers.push({ router, worker });
    router.observer.on('newtransport', (transport) => {
      if (transport.type === 'direct') started.direct.push(transport);
    });
  });
});

export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A server that is closed with the test file's `await using`. */
export async function startServer(
  overrides: Partial<MediaServerOptions> = {},
): Promise<MediaServer & AsyncDisposable> {
  const server = await createMediaServer({
    workers: 1,
    listenIp: '127.0.0.1',
    firstPort: 0,
    allowTaps: false,
    log: silent,
    ...overrides,
  });
  return {
    openRoom: (options) => server.openRoom(options),
    load: () => server.load(),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Opens a room, and says on which worker and router it lies. */
export async function openWatchedRoom(
  server: MediaServer,
  overrides: Partial<OpenRoomOptions> = {},
): Promise<{ room: MediaRoom; router: types.Router; worker: types.Worker }> {
  const count = started.routers.length;
  const room = await server.openRoom(roomOptions(overrides));
  const [made, ...others] = started.routers.slice(count);
  if (made === undefined || others.length > 0) throw new Error('one room, one router');
  return { room, ...made };
}

export function roomOptions(overrides: Partial<OpenRoomOptions> = {}): OpenRoomOptions {
  return {
    callId: callId.parse('call'.padEnd(22, '0')),
    allowAudioLevel: true,
    onLost: () => {},
    ...overrides,
  };
}

export function participant(name: string): ParticipantId {
  return participantId.parse(name.padEnd(22, '0'));
}

/** The parameters of an Opus sender as a browser gives them. */
export function opusParameters(overrides: Partial<RtpParameters> = {}): RtpParameters {
  return {
    mid: '0',
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { minptime: 10, useinbandfec: 1 },
        rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc: 0x1234_5678 }],
    rtcp: { cname: 'sender', reducedSize: true },
    ...overrides,
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends a test that hangs: no bound on how long a busy machine may take. */
export function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 120_000, interval: 10 });
}
