/**
 * mediasoup and nothing else, as a process of its own: what its users write first. The same worker binary,
 * one port and kind of transport as in `sfu/`, without participants, bounds, schemas or sockets.
 */
import process from 'node:process';
import { createWorker, type types } from 'mediasoup';
import type { z } from 'zod';
import { bareCall, type bareAnswer, type BareRequest } from './bare-messages.ts';

const worker = await createWorker({ logLevel: 'error' });
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: [
    { protocol: 'udp', ip: '127.0.0.1' },
    { protocol: 'tcp', ip: '127.0.0.1' },
  ],
});
const routers = new Map<string, types.Router>();
const transports = new Map<string, { transport: types.WebRtcTransport; router: types.Router }>();

process.on('message', (message) => {
  const { id, request } = bareCall.parse(message);
  answer(request).then(
    (result) => tell({ id, result }),
    (error: unknown) => tell({ id, error: String(error) }),
  );
});
process.on('disconnect', () => {
  worker.close();
});
tell({ id: -1, result: worker.pid });

function tell(message: z.infer<typeof bareAnswer>): void {
  // Without a parent there is nobody to tell, and `disconnect` ends the rest.
  process.send?.(message, () => undefined);
}

async function answer(request: BareRequest): Promise<unknown> {
  switch (request.verb) {
    case 'openRoom': {
      const router = await worker.createRouter({
        mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
      });
      routers.set(router.id, router);
      return router.id;
    }
    case 'createTransport': {
      const router = known(routers, request.roomId);
      const transport = await router.createWebRtcTransport({ webRtcServer });
      transports.set(transport.id, { transport, router });
      const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
      return { id, iceParameters, iceCandidates, dtlsParameters };
    }
    case 'connectTransport': {
      const { transport } = known(transports, request.transportId);
      const { role, fingerprints } = request.dtlsParameters;
      await transport.connect({
        dtlsParameters: { ...(role === undefined ? {} : { role }), fingerprints },
      });
      return undefined;
    }
    case 'produce': {
      const { transport } = known(transports, request.transportId);
      const [codec] = request.rtpParameters.codecs;
      const ssrc = request.rtpParameters.encodings?.[0]?.ssrc;
      if (codec === undefined || ssrc === undefined) throw new Error('no codec or no SSRC');
      const { mimeType, payloadType } = codec;
      const producer = await transport.produce({
        kind: 'audio',
        rtpParameters: {
          codecs: [{ mimeType, payloadType, clockRate: 48_000, channels: 2 }],
          encodings: [{ ssrc }],
        },
      });
      return producer.id;
    }
    case 'consume': {
      const { transport, router } = known(transports, request.transportId);
      const { codecs = [] } = router.rtpCapabilities;
      await transport.consume({
        producerId: request.producerId,
        rtpCapabilities: { codecs, headerExtensions: [] },
      });
      return undefined;
    }
  }
}

function known<T>(things: ReadonlyMap<string, T>, id: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw new Error(`unknown: ${id}`);
  return thing;
}
