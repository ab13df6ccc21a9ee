/** The media of a call, by its topology. */
import type { RequestResult } from '@earshot/protocol';
import type { AudioOutput } from './audio-output.ts';
import { CallError } from './call-api.ts';
import type { CallStore } from './call-store.ts';
import { DirectMedia } from './direct-media.ts';
import type { KeyWorker } from './key-worker.ts';
import type { CallMedia, MediaOptions } from './media-port.ts';
import type { MicrophoneGate } from './microphone-gate.ts';
import type { People } from './people.ts';
import { RoomMedia } from './room-media.ts';
import type { ServerTransports } from './room-transport.ts';
import type { SignalingClient } from './signaling-client.ts';

export interface OpenMediaOptions {
  readonly joined: RequestResult<'join'>;
  /** In rooms only. */
  readonly transports: ServerTransports | undefined;
  /** Closes the media when the call ends. */
  readonly store: CallStore;
  readonly signaling: SignalingClient;
  readonly keys: KeyWorker | undefined;
  readonly gate: MicrophoneGate;
  readonly people: People;
  readonly audio: AudioOutput;
  readonly fail: (error: unknown) => void;
}

/** @throws CallError `internal` where the server left out what a room needs. */
export function openMedia(options: OpenMediaOptions): CallMedia {
  const { store } = options;
  const media = mediaOf(options);
  store.own(() => {
    media.close();
  });
  return media;
}

function mediaOf(options: OpenMediaOptions): CallMedia {
  const { topology, rtpCapabilities, producers } = options.joined;
  const { transports } = options;
  switch (topology) {
    case 'direct':
      return new DirectMedia(mediaOptions(options));
    case 'room':
      if (rtpCapabilities === undefined || transports === undefined) {
        throw new CallError('internal', 'a room without media capabilities or transports');
      }
      return new RoomMedia({
        ...mediaOptions(options),
        ...{ rtpCapabilities, producers, transports },
      });
  }
}

function mediaOptions(options: OpenMediaOptions): MediaOptions {
  const { joined, store, signaling, keys, gate, people, audio, fail } = options;
  return {
    mode: joined.mode,
    self: joined.self,
    iceServers: joined.iceServers,
    signaling: {
      request: (verb, input) => signaling.request(verb, input),
      get isUp() {
        return store.state.links.signaling === 'up';
      },
    },
    keys,
    microphone: gate,
    onSender: (pipeId) => {
      if (keys === undefined) gate.permit();
      else gate.awaitSealing(pipeId);
    },
    onReceiver: (personId, receiver) => {
      people.play(personId, receiver);
    },
    onReceiverGone: (personId) => {
      audio.stop(personId);
    },
    onLink: (link) => {
      store.dispatch({ kind: 'media', link });
    },
    onFailure: fail,
    onPersonRefused: (personId, code) => {
      people.setKeying(personId, { kind: 'failed', code });
    },
  };
}
