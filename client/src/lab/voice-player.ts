/** Plays decoded voices through the same kind of `<audio>` element as a call does. */
import type { ParticipantId } from '@earshot/protocol';
import { AudioOutput } from '../call/audio-output.ts';
import { PlayoutSchedule } from './playout-schedule.ts';
import { sampleRateHz, type DecodedFrame } from './voice-decoder.ts';

interface Voice {
  readonly destination: MediaStreamAudioDestinationNode;
  readonly schedule: PlayoutSchedule;
}

/** Without a sink of its own, where browsers can: the `<audio>` elements have one. */
const contextOptions = { sampleRate: sampleRateHz, sinkId: { type: 'none' } };

const delayMs = 150;
const mostAheadMs = 800;

export class VoicePlayer {
  readonly #context = new AudioContext(contextOptions);
  readonly #output = new AudioOutput({ onBlocked: () => undefined });
  readonly #voices = new Map<ParticipantId, Voice>();

  play(personId: ParticipantId, { position, samples }: DecodedFrame): void {
    const { destination, schedule } = this.#voiceOf(personId);
    const now = Math.ceil(this.#context.currentTime * sampleRateHz);
    const at = schedule.place({ position, length: samples.length, now });
    if (at === undefined) return;
    const buffer = this.#context.createBuffer(1, samples.length, sampleRateHz);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(destination);
    source.start(at / sampleRateHz);
  }

  /** Silence. Idempotent. */
  close(): void {
    this.#output.close();
    this.#voices.clear();
    if (this.#context.state !== 'closed') void this.#context.close();
  }

  #voiceOf(personId: ParticipantId): Voice {
    const known = this.#voices.get(personId);
    if (known !== undefined) return known;
    const voice: Voice = {
      destination: new MediaStreamAudioDestinationNode(this.#context, { channelCount: 1 }),
      schedule: new PlayoutSchedule({
        delaySamples: (delayMs * sampleRateHz) / 1000,
        mostAheadSamples: (mostAheadMs * sampleRateHz) / 1000,
      }),
    };
    this.#voices.set(personId, voice);
    const [track] = voice.destination.stream.getAudioTracks();
    if (track !== undefined) this.#output.play(personId, track);
    return voice;
  }
}
