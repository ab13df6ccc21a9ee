/**
 * A call as the operator watches it: `GET /lab/calls/:callId/live`, JSON lines that go on until the
 * reader leaves. First the call and what was relayed so far, then whatever comes.
 *
 *     {"type":"call","callId":…,"mode":…,"topology":…,"earlierMessages":0}
 *     {"type":"people","people":[{"id":…,"name":…}]}       who is there; again when that changes
 *     {"type":"message","at":…,"from":…,"to":…,"verb":…,"payload":{…}}
 *     {"type":"rtp","producerId":…,"rtp":"<base64>"}        rooms: from now on, none of the past
 *     {"type":"skipped","packets":12}                       the reader was too slow for these
 */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { Express, Response } from 'express';
import type { Call } from './call.ts';
import type { OperatorRecord, Relayed, TappedPacket } from './record.ts';

export interface LabSources {
  readonly record: OperatorRecord;
  /** Undefined for a call that is over or never was. */
  readonly callOf: (callId: string) => Call | undefined;
}

type LabEvent =
  | {
      readonly type: 'call';
      readonly callId: string;
      readonly mode: KeyingMode;
      readonly topology: Topology;
      /** Relayed before the first one that follows; still in the record. */
      readonly earlierMessages: number;
    }
  | {
      readonly type: 'people';
      readonly people: readonly { readonly id: string; readonly name: string }[];
    }
  | ({ readonly type: 'message' } & Relayed)
  | { readonly type: 'rtp'; readonly producerId: string; readonly rtp: string }
  | { readonly type: 'skipped'; readonly packets: number };

const maxReaders = 8;
/** Of the past; a page that was just opened shows no more. */
const messagesRepeated = 300;
/** What may wait for a slow reader before packets are left out: some ten seconds of two voices. */
const waitingBytes = 256 * 1024;
/** What may wait at all. A reader that takes nothing is sent away; it can come back. */
const mostWaitingBytes = 16 * 1024 * 1024;
const rosterPeriodMs = 500;

export function serveLive(app: Express, sources: LabSources): void {
  let readers = 0;
  app.get('/lab/calls/:callId/live', ({ params }, response, next) => {
    const { callId } = params;
    const kind = sources.callOf(callId) ?? sources.record.kindOf(callId);
    if (kind === undefined) {
      next();
      return;
    }
    if (readers >= maxReaders) {
      response.status(503).type('text').send('too many pages watch\n');
      return;
    }
    readers++;
    response.once('close', () => readers--);
    response.set('Content-Type', 'application/jsonl');
    const messages = sources.record.messagesOf(callId) ?? [];
    const repeated = messages.slice(-messagesRepeated);
    const { mode, topology } = kind;
    const earlierMessages = messages.length - repeated.length;
    write(response, { type: 'call', callId, mode, topology, earlierMessages });
    new Watch({ callId, response, sources, repeated });
  });
}

/** One reader of one call, until it leaves. */
class Watch {
  readonly #response: Response;
  readonly #roster: () => readonly { readonly id: string; readonly name: string }[];
  #shownRoster = '';
  #skipped = 0;

  constructor(options: {
    readonly callId: string;
    readonly response: Response;
    readonly sources: LabSources;
    readonly repeated: readonly Relayed[];
  }) {
    const { callId, response, sources, repeated } = options;
    this.#response = response;
    this.#roster = () => {
      const members = sources.callOf(callId)?.members ?? [];
      return members.map(({ id, name }) => ({ id, name }));
    };
    this.#writeRoster();
    for (const message of repeated) write(response, { type: 'message', ...message });
    const stop = sources.record.watch(callId, {
      onMessage: (message) => {
        // A message names people: they are known before it.
        this.#writeRoster();
        write(response, { type: 'message', ...message });
        if (response.writableLength > mostWaitingBytes) response.destroy();
      },
      onRtp: (packet) => {
        this.#writePacket(packet);
      },
    });
    const timer = setInterval(() => {
      this.#writeRoster();
    }, rosterPeriodMs);
    response.once('close', () => {
      clearInterval(timer);
      stop();
    });
  }

  #writeRoster(): void {
    const people = this.#roster();
    const roster = JSON.stringify(people);
    if (roster === this.#shownRoster) return;
    this.#shownRoster = roster;
    write(this.#response, { type: 'people', people });
  }

  #writePacket({ producerId, rtp }: TappedPacket): void {
    if (this.#response.writableLength > waitingBytes) {
      this.#skipped++;
      return;
    }
    if (this.#skipped > 0) {
      write(this.#response, { type: 'skipped', packets: this.#skipped });
      this.#skipped = 0;
    }
    const base64 = Buffer.from(rtp.buffer, rtp.byteOffset, rtp.byteLength).toString('base64');
    write(this.#response, { type: 'rtp', producerId, rtp: base64 });
  }
}

function write(response: Response, event: LabEvent): void {
  response.write(`${JSON.stringify(event)}\n`);
}
