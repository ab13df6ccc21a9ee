/** The signaling log: every message that the server relayed in a call, as the operator has it. */
import { fetchFromOperator, isObject, parseJson, TapError } from './operator-listener.ts';

/** One relayed message. */
export interface RecordedMessage {
  /** ISO 8601. */
  readonly at: string;
  readonly from: string;
  /** null: to everybody in the call. */
  readonly to: string | null;
  /** `offer`, `answer`, `candidate`, `envelope` or `produce`. */
  readonly verb: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** An `a=crypto` line, and whose media it opens. */
export interface RecordedKey {
  readonly from: string;
  readonly line: string;
}

export class SignalingRecord {
  /** The JSON lines as they came. */
  readonly text: string;
  readonly messages: readonly RecordedMessage[];

  /** @throws TapError `malformed` */
  constructor(text: string) {
    this.text = text;
    this.messages = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parseMessage(parseJson(line)));
  }

  /** @throws TapError */
  static async fetch(operatorUrl: string, callId: string): Promise<SignalingRecord> {
    const bytes = await fetchFromOperator(operatorUrl, `/lab/calls/${callId}/record`);
    return new SignalingRecord(new TextDecoder().decode(bytes));
  }

  /** Every `a=crypto` line (RFC 4568), in the order relayed; from an offer there may be several. */
  keys(): RecordedKey[] {
    return this.messages.flatMap(({ from, payload }) =>
      stringsIn(payload)
        .flatMap((text) => text.match(/a=crypto:[\x20-\x7e]+/g) ?? [])
        .map((line) => ({ from, line })),
    );
  }

  /** DTLS certificate fingerprints (RFC 8122) in the descriptions relayed. */
  fingerprints(): string[] {
    return this.messages.flatMap(({ payload }) =>
      stringsIn(payload).flatMap((text) => text.match(/a=fingerprint:\S+ [0-9A-Fa-f:]+/g) ?? []),
    );
  }

  /** Which producer is whose. */
  producers(): ReadonlyMap<string, string> {
    return new Map(
      this.messages.flatMap(({ verb, from, payload }) =>
        verb === 'produce' && typeof payload['producerId'] === 'string'
          ? [[payload['producerId'], from] as const]
          : [],
      ),
    );
  }
}

/** Every string within a JSON value, at any depth. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}

function parseMessage(value: unknown): RecordedMessage {
  if (isObject(value)) {
    const { at, from, to, verb, payload } = value;
    const isText = typeof at === 'string' && typeof from === 'string' && typeof verb === 'string';
    const isAddressed = to === null || typeof to === 'string';
    if (isText && isAddressed && isObject(payload)) return { at, from, to, verb, payload };
  }
  throw new TapError('malformed', 'not a recorded message');
}
