/** With the sessions that the worker has, asked without a worker between. */
import { createSdesSession, type SdesSession } from '@earshot/keying/session';
import { describe, expect, it } from 'vitest';
import { askSdes } from '../worker/ask-sdes.ts';
import { randomBytes } from '../worker/surroundings.ts';
import { CryptoLines } from './crypto-lines.ts';

const description = ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', ''].join('\r\n');

/** What was asked of the session, in order. */
function person(): { lines: CryptoLines; asked: string[]; session: SdesSession } {
  const session = createSdesSession({ random: randomBytes });
  const asked: string[] = [];
  const lines = new CryptoLines({
    askSdes: async (question) => {
      asked.push(question.op);
      await Promise.resolve();
      return askSdes(session, question);
    },
  });
  return { lines, asked, session };
}

async function agree() {
  const ada = person();
  const bob = person();
  const offer = await ada.lines.withOwnOffer(description);
  const offered = await bob.lines.takeFrom('ada', { type: 'offer', sdp: offer });
  const answer = bob.lines.withOwnAnswer(description);
  const answered = await ada.lines.takeFrom('bob', { type: 'answer', sdp: answer });
  return { ada, bob, offer, answer, plain: [offered, answered] };
}

describe('the lines of a connection', () => {
  it('go out in offer and answer, and are taken out of both: then each opens what the other sealed', async () => {
    const { ada, bob, offer, answer, plain } = await agree();
    expect(offer).toMatch(/^a=crypto:\d+ /m);
    expect(answer.match(/^a=crypto:/gm)).toHaveLength(1);
    expect(plain).toEqual([description, description]);
    const info = { rtpTimestamp: 960 };
    for (const [from, to, name] of [
      [ada, bob, 'ada'],
      [bob, ada, 'bob'],
    ] as const) {
      const sealed = from.session.sealer.seal(Uint8Array.of(1, 2, 3), info);
      if (!sealed.ok) throw new Error(sealed.reason);
      const opened = to.session.openerFor(name).open(sealed.bytes);
      expect(opened).toEqual({ ok: true, bytes: Uint8Array.of(1, 2, 3) });
    }
  });

  it('are the same when ICE starts again, and change nothing', async () => {
    const { ada, bob, offer, answer } = await agree();
    expect(await ada.lines.withOwnOffer(description)).toBe(offer);
    expect(await bob.lines.takeFrom('ada', { type: 'offer', sdp: offer })).toBe(description);
    expect(bob.lines.withOwnAnswer(description)).toBe(answer);
    expect([ada.asked, bob.asked]).toEqual([['offerLines', 'acceptAnswer'], ['acceptOffer']]);
  });

  it('are refused when they are others', async () => {
    const { ada, bob } = await agree();
    const other = await person().lines.withOwnOffer(description);
    const refusal = { code: 'handshake-failed' };
    await expect(bob.lines.takeFrom('ada', { type: 'offer', sdp: other })).rejects.toMatchObject(
      refusal,
    );
    await expect(
      ada.lines.takeFrom('bob', { type: 'answer', sdp: description }),
    ).rejects.toMatchObject(refusal);
  });
});
