/** Janus's own protocol over a WebSocket, as far as its VideoRoom needs it. */
import { z } from 'zod';

const jsep = z.looseObject({ type: z.enum(['offer', 'answer']), sdp: z.string() });
export type Jsep = z.infer<typeof jsep>;

const message = z.looseObject({
  janus: z.string(),
  transaction: z.string().optional(),
  data: z.looseObject({ id: z.number() }).optional(),
  error: z.looseObject({ code: z.number(), reason: z.string() }).optional(),
  plugindata: z.looseObject({ data: z.record(z.string(), z.unknown()) }).optional(),
  jsep: jsep.optional(),
});
type Message = z.infer<typeof message>;

/** What the plugin answered, and the description that came with it. */
export interface PluginAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly jsep: Jsep | undefined;
}

/** Half of what Janus waits before it ends a silent session, and less than its 60 s. */
const keepAliveMs = 20_000;
const answerTimeoutMs = 15_000;

export class JanusSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (answer: Message) => void>();
  #sessionId: number | undefined;
  #transactions = 0;
  #keepAlive: NodeJS.Timeout | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.#receive(message.parse(JSON.parse(String(data))));
    });
  }

  /** @throws Error when nobody answers */
  static async open(url: string): Promise<JanusSession> {
    const socket = new WebSocket(url, 'janus-protocol');
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`nobody answers at ${url}`)));
    });
    const session = new JanusSession(socket);
    session.#sessionId = await session.#create('create', {});
    session.#keepAlive = setInterval(() => {
      session.#send({ janus: 'keepalive' });
    }, keepAliveMs);
    session.#keepAlive.unref();
    return session;
  }

  /** @returns a new handle of the VideoRoom plugin. */
  attach(): Promise<number> {
    return this.#create('attach', { plugin: 'janus.plugin.videoroom' });
  }

  /** Resolves with the plugin's answer, which for some requests comes after an acknowledgement. */
  async ask(
    handleId: number,
    body: Readonly<Record<string, unknown>>,
    description?: Jsep,
  ): Promise<PluginAnswer> {
    const answer = await this.#request({
      ...{ janus: 'message', handle_id: handleId, body },
      ...(description === undefined ? {} : { jsep: description }),
    });
    const data = answer.plugindata?.data ?? {};
    if ('error' in data)
      throw new Error(`Janus refused ${String(body['request'])}: ${String(data['error'])}`);
    return { data, jsep: answer.jsep };
  }

  trickle(handleId: number, candidate: { candidate: string; mid: string }): void {
    this.#send({
      ...{ janus: 'trickle', handle_id: handleId },
      candidate: { candidate: candidate.candidate, sdpMid: candidate.mid, sdpMLineIndex: 0 },
    });
  }

  close(): void {
    clearInterval(this.#keepAlive);
    this.#socket.close();
  }

  async #create(verb: string, fields: Readonly<Record<string, unknown>>): Promise<number> {
    const { data } = await this.#request({ janus: verb, ...fields });
    if (data === undefined) throw new Error(`Janus gave nothing for ${verb}`);
    return data.id;
  }

  #request(fields: Readonly<Record<string, unknown>>): Promise<Message> {
    const transaction = this.#send(fields);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`Janus did not answer ${JSON.stringify(fields)}`));
      }, answerTimeoutMs);
      this.#waiting.set(transaction, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(transaction);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(`Janus: ${answer.error.reason}`));
      });
    });
  }

  #send(fields: Readonly<Record<string, unknown>>): string {
    const transaction = `t${this.#transactions++}`;
    const session = this.#sessionId === undefined ? {} : { session_id: this.#sessionId };
    this.#socket.send(JSON.stringify({ ...fields, ...session, transaction }));
    return transaction;
  }

  #receive(answer: Message): void {
    // The answer of a plugin comes later, as an event of the same transaction.
    if (answer.janus === 'ack' || answer.transaction === undefined) return;
    this.#waiting.get(answer.transaction)?.(answer);
  }
}
