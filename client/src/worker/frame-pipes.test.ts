/** Whose frames a pipe opens. The streams are the engine's own; frames and keys stand for themselves. */
import type { FrameOpener } from '@earshot/keying/frame-transform';
import { beforeEach, describe, expect, it } from 'vitest';
import { FramePipes, type FrameStreams } from './frame-pipes.ts';

/** What came out of the pipe, as text. */
let played: string[];
let firstOpened: string[];
let pipes: FramePipes;
let receiver: ReadableStreamDefaultController<RTCEncodedAudioFrame>;

/** Opens every frame and says whose it takes it for. */
function openerOf(name: string): FrameOpener {
  return {
    open: (frame) => ({
      ok: true,
      bytes: new TextEncoder().encode(`${name}: ${new TextDecoder().decode(frame)}`),
    }),
  };
}

function streams(): FrameStreams {
  return {
    readable: new ReadableStream({
      start: (controller) => {
        receiver = controller;
      },
    }),
    writable: new WritableStream({
      write: ({ data }) => {
        played.push(new TextDecoder().decode(data));
      },
    }),
  };
}

function arrive(text: string): void {
  const data = new TextEncoder().encode(text).buffer;
  receiver.enqueue({ data, getMetadata: () => ({ rtpTimestamp: 0 }) } as RTCEncodedAudioFrame);
}

/** All that streams do by themselves is done. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  played = [];
  firstOpened = [];
  pipes = new FramePipes({
    onFirstSealed: () => undefined,
    onFirstOpened: (peerId) => firstOpened.push(peerId),
  });
});

describe('a pipe that opens', () => {
  it('reads nothing before it is known whose frames they are, and then all of them', async () => {
    pipes.open('pipe', streams());
    arrive('one');
    await settled();
    expect([played, pipes.counts().opened]).toEqual([[], {}]);
    pipes.openFor('pipe', { peerId: 'ada', opener: openerOf('ada') });
    arrive('two');
    await settled();
    expect(played).toEqual(['ada: one', 'ada: two']);
    expect(firstOpened).toEqual(['ada']);
    expect(pipes.counts().opened['ada']).toMatchObject({ passed: 2 });
  });

  it('may be told whose before it is there', async () => {
    pipes.openFor('pipe', { peerId: 'ada', opener: openerOf('ada') });
    await settled();
    pipes.open('pipe', streams());
    arrive('one');
    await settled();
    expect(played).toEqual(['ada: one']);
  });

  it('goes by the first word, and by its own', async () => {
    pipes.open('pipe', streams());
    pipes.openFor('other', { peerId: 'eve', opener: openerOf('eve') });
    arrive('one');
    await settled();
    expect(played).toEqual([]);
    pipes.openFor('pipe', { peerId: 'ada', opener: openerOf('ada') });
    pipes.openFor('pipe', { peerId: 'eve', opener: openerOf('eve') });
    await settled();
    expect(played).toEqual(['ada: one']);
  });
});
