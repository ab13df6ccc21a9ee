/** A call of real sessions on unreliable devices behind an unreliable relay, and who should hear whom. */
import { createE2eeSession } from '../../src/session/index.ts';
import type { PeerKeyState, SenderKeyStatus } from '../../src/session/index.ts';
import { Secret } from '../../src/secret.ts';
import { softwareIdentity } from '../members.ts';
import { seededRandom } from '../seeded-random.ts';
import { callId } from './attendance.ts';
import type { Attendance, Surroundings } from './attendance.ts';
import { FrameLog } from './frame-log.ts';
import { HeldKeys } from './held-keys.ts';
import { Relay } from './relay.ts';
import { DeviceClock, VirtualClock } from './virtual-clock.ts';

const speech = Uint8Array.of(0x78, 1, 2);

export class ModelCall implements Surroundings {
  readonly clock = new VirtualClock();
  readonly relay: Relay;
  readonly heldKeys = new HeldKeys();
  readonly log: FrameLog;
  /** In the order in which they came. */
  readonly present = new Map<string, Attendance>();
  readonly everyone: Attendance[] = [];
  readonly #random: (length: number) => Uint8Array;
  readonly #linkSecret: Uint8Array;
  #isAgreeing = false;
  /** Since when nothing of the relay's misdeeds may be felt any more. */
  calmSinceMs = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#linkSecret = this.#random(32);
    const chance = (): number => (this.#random(1)[0] ?? 0) / 256;
    this.relay = new Relay({ clock: this.clock, chance });
    this.log = new FrameLog(this);
  }

  attendanceOf(person: string): Attendance | undefined {
    return [...this.present.values()].find(({ id }) => id.startsWith(`${person}.`));
  }

  join(person: string): void {
    const order = this.everyone.length;
    const newcomer = this.#attend(`${person}.${order}`, order);
    const others = [...this.present.values()];
    this.everyone.push(newcomer);
    this.present.set(newcomer.id, newcomer);
    const meet = (one: Attendance, other: Attendance): void =>
      this.relay.tell(one.id, () =>
        one.device.arrive(() => {
          // Whoever left in the meantime is gone again with the next message; tell both in order.
          one.session.addPeer({ peerId: other.id, order: other.order });
        }),
      );
    for (const other of others) meet(other, newcomer);
    for (const other of others) meet(newcomer, other);
  }

  leave(leaver: Attendance): void {
    this.present.delete(leaver.id);
    leaver.session.close();
    for (const other of this.present.values()) {
      this.relay.tell(other.id, () =>
        other.device.arrive(() => {
          this.log.noteLeave(other, leaver);
          other.session.removePeer(leaver.id);
        }),
      );
    }
  }

  /** Lets time pass while everyone awake speaks, a frame every `frameMs`. */
  async speak(durationMs: number, frameMs = 20): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += frameMs) {
      this.log.hear();
      for (const speaker of this.present.values()) {
        if (speaker.device.isAsleep) continue;
        const outcome = speaker.session.sealer.seal(speech, { rtpTimestamp: 0 });
        if (outcome.ok) this.log.sealed(speaker, outcome.bytes);
        else throw new Error(`${speaker.id} could not speak: ${outcome.reason}`);
      }
      await this.pass(frameMs);
    }
  }

  async pass(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, () => this.#settle());
  }

  /** Everybody's devices and the relay are well again, and have been for long enough. */
  async mend(): Promise<void> {
    this.relay.weather = 'fair';
    for (const { device } of this.present.values()) {
      device.wake();
      device.latenessMs = 0;
    }
    await this.speak(15_000, 250);
    this.calmSinceMs = this.clock.nowMs;
  }

  close(): void {
    for (const { session } of this.everyone) session.close();
    this.heldKeys.stop();
  }

  #attend(id: string, order: number): Attendance {
    const device = new DeviceClock(this.clock);
    const states = new Map<string, PeerKeyState>();
    const secureSinceMs = new Map<string, number>();
    let status: SenderKeyStatus | undefined;
    const session = createE2eeSession({
      ...{ callId, selfId: id, selfOrder: order, random: this.#random, scheduler: device },
      linkSecret: Secret.copy(this.#linkSecret),
      identity: softwareIdentity(this.#random),
      onEnvelope: (to, kind, data) => {
        this.relay.carry(to, () => {
          const receiver = this.present.get(to);
          receiver?.device.arrive(() => {
            this.#isAgreeing ||= kind === 'handshake';
            this.heldKeys.during(to, id, () => receiver.session.receive(id, kind, data));
          });
        });
      },
      onPeerState: (peerId, state) => {
        states.set(peerId, state);
        if (state.kind === 'secure') secureSinceMs.set(peerId, this.clock.nowMs);
      },
      onSenderKey: (next) => {
        status = next;
      },
    });
    return {
      ...{ id, order, session, device, states, secureSinceMs },
      get status() {
        if (status === undefined) throw new Error('no status at once');
        return status;
      },
    };
  }

  /** A handshake step is a chain of promises without I/O. */
  async #settle(): Promise<void> {
    if (!this.#isAgreeing) return;
    this.#isAgreeing = false;
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  }
}
