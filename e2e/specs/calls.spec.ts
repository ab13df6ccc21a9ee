/**
 * Every mode in every topology: two people hear each other, and the server is held to what the modes
 * table says it hears.
 */
import { correlate, heardAtLeast, noiseAtMost } from '@earshot/intercept/measure/correlation';
import type { Pcm } from '@earshot/intercept/measure/pcm';
import type { RtpPacket } from '@earshot/intercept/dissect/rtp';
import { recoverAsOpus } from '@earshot/intercept/recover/audio';
import { candidateKeys } from '@earshot/intercept/recover/candidate-keys';
import { openWithAnyCryptoLine } from '@earshot/intercept/recover/inner-srtp';
import { openSframe } from '@earshot/intercept/recover/sframe-open';
import { trySframeKeys } from '@earshot/intercept/recover/sframe-trial';
import { keyingModes, modes, topologies, type KeyingMode } from '@earshot/keying/mode';
import { drawnRandomness, recordDrawnRandomness } from '@earshot/intercept/stage/drawn-randomness';
import { operatorView, type OperatorView } from '@earshot/intercept/stage/operator';
import { speechOf, type Speaker } from '@earshot/intercept/stage/speech';
import { expect, test } from '../fixtures/test.ts';

interface Talking {
  readonly speaker: Speaker;
  readonly id: string;
  /** Every 32 bytes of randomness that their crypto worker drew. */
  readonly drawn: readonly Uint8Array[];
}

for (const mode of keyingModes) {
  for (const topology of topologies) {
    const hears = modes[mode].serverHears[topology];
    test(`${mode} ${topology}: both hear the other, the server hears: ${hears}`, async ({
      invite,
      stack,
    }) => {
      const alice = await invite('alice', { prepare: recordDrawnRandomness });
      const bob = await invite('bob', { prepare: recordDrawnRandomness });
      const link = await alice.createCall({ mode, topology });
      await alice.join();
      await alice.expectPhase('waiting');
      await bob.join(link);
      await alice.expectPhase('connected');
      await bob.expectPhase('connected');
      await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
      await expect(alice.page.getByTestId('lab-banner')).toBeVisible();

      const keying = modes[mode].peersAuthenticated ? 'secure' : 'none';
      await expect(alice.other('bob')).toHaveAttribute('data-keying', keying);
      await expect(bob.other('alice')).toHaveAttribute('data-keying', keying);
      const aliceId = await bob.idOf('alice');
      const bobId = await alice.idOf('bob');
      const drawnByAlice = await drawnRandomness(alice.page, 32);
      await alice.hangUp();

      const view = await operatorView(stack, link);
      // After the view: bob changed his key when alice left.
      const drawnByBob = await drawnRandomness(bob.page, 32);
      const talking: Talking[] = [
        { speaker: 'alice', id: aliceId, drawn: drawnByAlice },
        { speaker: 'bob', id: bobId, drawn: drawnByBob },
      ];
      expectRecord(view, { mode, topology, talking });
      if (topology === 'direct') {
        expect(view.packets.size, 'a direct call does not pass the server').toBe(0);
        return;
      }
      for (const one of talking) {
        const packets = view.packets.get(one.id) ?? [];
        // Three seconds of voice and more: what follows is about something.
        expect(packets.length).toBeGreaterThan(150);
        await expectTap[mode]({ one, packets, view });
      }
    });
  }
}

/** What the signaling log holds: in `sdes` the keys, else none. */
function expectRecord(
  { record }: OperatorView,
  call: { mode: KeyingMode; topology: string; talking: readonly Talking[] },
): void {
  const keyHolders = new Set(record.keys().map(({ from }) => from));
  const everyone = new Set(call.talking.map(({ id }) => id));
  expect(keyHolders).toEqual(call.mode === 'sdes' ? everyone : new Set());
  if (call.topology === 'direct') {
    expect(record.fingerprints().length, 'DTLS fingerprints').toBeGreaterThanOrEqual(2);
  }
  const envelopes = record.messages.filter(({ verb }) => verb === 'envelope');
  expect(envelopes.length > 0, 'key envelopes').toBe(call.mode === 'e2ee');
}

interface TapEvidence {
  readonly one: Talking;
  readonly packets: readonly RtpPacket[];
  readonly view: OperatorView;
}

const expectTap: Record<KeyingMode, (evidence: TapEvidence) => Promise<void>> = {
  async dtls({ one, packets }) {
    const { pcm } = await recoverAsOpus(packets);
    expectHeard(one.speaker, pcm);
  },

  async sdes({ one, packets, view }) {
    const srtp = packets.map(({ payload }) => payload);
    const lines = view.record.keys().filter(({ from }) => from === one.id);
    const opened = openWithAnyCryptoLine(
      srtp,
      lines.map(({ line }) => line),
    );
    expect(opened.rejected, 'every packet is authentic').toEqual({});
    expectHeard(one.speaker, (await recoverAsOpus(opened.packets)).pcm);

    // The control: without the key, or with another one, the same tap gives nothing.
    expectNoise(one.speaker, (await recoverAsOpus(packets)).pcm);
    const others = view.record.keys().filter(({ from }) => from !== one.id);
    expect(
      openWithAnyCryptoLine(
        srtp,
        others.map(({ line }) => line),
      ).packets,
    ).toEqual([]);
  },

  async e2ee({ one, packets, view }) {
    const origin = { callId: view.callId, senderId: one.id, mode: 'e2ee' } as const;
    // With the sender's real key every payload opens, from the first packet on, and is the speech.
    const opened = openSframe({ packets, origin, baseKeys: one.drawn });
    expect(opened.notAuthentic, `of ${packets.length} packets`).toEqual([]);
    expectHeard(one.speaker, (await recoverAsOpus(opened.packets)).pcm);

    // With everything that the server has none opens, and what it hears is noise.
    const [first, last] = [packets[0], packets.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no packets');
    const candidates = [...candidateKeys(view.record.messages)];
    expect(candidates.length).toBeGreaterThan(1000);
    for (const { payload } of [first, last]) {
      const { key } = await trySframeKeys({ frame: payload, origin, candidates });
      expect(key).toBeUndefined();
    }
    expect(openSframe({ packets, origin, baseKeys: [] }).packets).toEqual([]);
    expectNoise(one.speaker, (await recoverAsOpus(packets)).pcm);
  },
};

function expectHeard(speaker: Speaker, heard: Pcm): void {
  const { score } = correlate({ said: speechOf(speaker), heard });
  expect(score, `the server hears ${speaker}`).toBeGreaterThanOrEqual(heardAtLeast);
}

function expectNoise(speaker: Speaker, heard: Pcm): void {
  const { score } = correlate({ said: speechOf(speaker), heard });
  expect(score, `the server does not hear ${speaker}`).toBeLessThanOrEqual(noiseAtMost);
}
