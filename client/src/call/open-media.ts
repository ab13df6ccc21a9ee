/** The media of a call, by its topology. */
import type { RequestResult } from '@earshot/protocol';
import { CallError } from './call-api.ts';
import { DirectMedia } from './direct-media.ts';
import type { CallMedia, MediaOptions } from './media-port.ts';
import { RoomMedia } from './room-media.ts';

/** @throws CallError `internal` where the server left out what a room needs. */
export function openMedia(joined: RequestResult<'join'>, options: MediaOptions): CallMedia {
  switch (joined.topology) {
    case 'direct':
      return new DirectMedia(options);
    case 'room':
      if (joined.rtpCapabilities === undefined) {
        throw new CallError('internal', 'a room without media capabilities');
      }
      return new RoomMedia({
        ...options,
        rtpCapabilities: joined.rtpCapabilities,
        producers: joined.producers,
      });
  }
}
