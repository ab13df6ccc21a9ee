/**
 * The browser as mediasoup sees it. What it can send and receive takes connections and offers of their own to find out, and
 * is the same for every room: found out in the lobby, so that joining does not wait for it.
 */
import type { KeyingMode } from '@earshot/keying/mode';
import type { RtpCapabilities } from '@earshot/protocol';
import { detectDevice, Device, type types } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { Chrome74 } from 'mediasoup-client/handlers/Chrome74';
import { Firefox120 } from 'mediasoup-client/handlers/Firefox120';
import { Safari12 } from 'mediasoup-client/handlers/Safari12';
import { CallError } from './call-api.ts';
import { routerCapabilities } from './room-parameters.ts';

type HandlerFactory = types.HandlerFactory;
type Asked = Parameters<HandlerFactory['getNativeRtpCapabilities']>[0];
type Found = ReturnType<HandlerFactory['getNativeRtpCapabilities']>;

const handlers: Readonly<Record<string, { createFactory(options: object): HandlerFactory }>> = {
  Chrome111,
  Chrome74,
  Firefox120,
  Safari12,
};

let factory: HandlerFactory | undefined;

/** Once per page; a room that is joined meanwhile waits for it. */
export function prepareDevice(): void {
  // A room that cannot be joined says so itself.
  askBrowser().catch(() => undefined);
}

async function askBrowser(): Promise<void> {
  const browser = handlerFactory();
  await browser.getNativeRtpCapabilities({ direction: 'recvonly' });
  await browser.getNativeRtpCapabilities({ direction: 'sendonly' });
}

/** @throws CallError `browser-unsupported` */
export async function loadDevice(room: {
  readonly rtpCapabilities: RtpCapabilities;
  readonly mode: KeyingMode;
}): Promise<Device> {
  const device = new Device({ handlerFactory: handlerFactory() });
  await device.load({
    routerRtpCapabilities: routerCapabilities(room.rtpCapabilities, room.mode),
  });
  return device;
}

function handlerFactory(): HandlerFactory {
  factory ??= remembering(handlerOfBrowser());
  return factory;
}

function handlerOfBrowser(): HandlerFactory {
  const handler = handlers[detectDevice() ?? ''];
  if (handler === undefined) {
    throw new CallError('browser-unsupported', 'no handler for this browser');
  }
  return handler.createFactory({});
}

/** Asks the browser once per direction, and again only where that failed. */
function remembering(asking: HandlerFactory): HandlerFactory {
  const known = new Map<Asked['direction'], Found>();
  return {
    ...asking,
    getNativeRtpCapabilities: (asked) => {
      let found = known.get(asked.direction);
      if (found === undefined) {
        found = asking.getNativeRtpCapabilities(asked);
        known.set(asked.direction, found);
        found.catch(() => known.delete(asked.direction));
      }
      return found;
    },
  };
}
