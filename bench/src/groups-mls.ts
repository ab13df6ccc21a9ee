/**
 * Group keys by MLS (RFC 9420), for comparison only: one commit per change, base keys from the exporter
 * (RFC 9605 section 5.2). Messages only; who is who would still take the handshake that people compare.
 */
import {
  createCommit,
  createGroup,
  decodeMlsMessage,
  defaultCapabilities,
  defaultLifetime,
  emptyPskIndex,
  encodeMlsMessage,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  mlsExporter,
  processMessage,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type ClientState,
  type MLSMessage,
  type Proposal,
} from 'ts-mls';
import { cpuMs, type GroupChange, type GroupCost } from './groups-cost.ts';

const text = new TextEncoder();
const exporterLabel = 'earshot base key';

interface Change {
  readonly bytes: number;
  readonly committerMs: number;
  readonly receiverMs: number;
  readonly newcomerMs: number;
}

class MlsGroup {
  readonly #suite: CiphersuiteImpl;
  /** Undefined where somebody has left. */
  readonly states: (ClientState | undefined)[];

  private constructor(suite: CiphersuiteImpl, first: ClientState) {
    this.#suite = suite;
    this.states = [first];
  }

  static async create(name: CiphersuiteName): Promise<MlsGroup> {
    const suite = await getCiphersuiteImpl(getCiphersuiteFromName(name));
    const { publicPackage, privatePackage } = await keyPackage('member-0', suite);
    const id = text.encode('bench');
    return new MlsGroup(suite, await createGroup(id, publicPackage, privatePackage, [], suite));
  }

  /** Whoever came last adds. */
  async join(): Promise<Change> {
    const startMs = cpuMs();
    const own = await keyPackage(`member-${this.states.length}`, this.#suite);
    const packageMs = cpuMs() - startMs;
    const wire = { version: 'mls10', wireformat: 'mls_key_package' } as const;
    const packageBytes = encodeMlsMessage({ ...wire, keyPackage: own.publicPackage }).length;
    const add: Proposal = { proposalType: 'add', add: { keyPackage: own.publicPackage } };
    const committer = this.states.length - 1;
    const { commit, welcome, change } = await this.#commit(committer, add);
    if (welcome === undefined) throw new Error('no welcome for the newcomer');
    const bytes = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome });
    const joinStartMs = cpuMs();
    const state = await joinGroup(
      welcome,
      own.publicPackage,
      own.privatePackage,
      emptyPskIndex,
      this.#suite,
    );
    const newcomerMs = packageMs + cpuMs() - joinStartMs;
    this.states.push(state);
    const others = this.size - 2;
    return {
      ...change,
      bytes: packageBytes + bytes.length + commit.length * others,
      newcomerMs,
    };
  }

  /** Who has been there longest. */
  async leave(): Promise<Change> {
    const index = this.states.findIndex((state) => state !== undefined);
    const oldest = this.states[index];
    if (oldest === undefined) throw new RangeError('nobody is there');
    this.states[index] = undefined;
    const removed = oldest.privatePath.leafIndex;
    const remove: Proposal = { proposalType: 'remove', remove: { removed } };
    const committer = this.states.findLastIndex((state) => state !== undefined);
    const { commit, change } = await this.#commit(committer, remove);
    return { ...change, bytes: commit.length * (this.size - 1) };
  }

  /** @throws Error where two do not export the same secret: then nothing was measured. */
  async requireAllAgree(): Promise<void> {
    const secrets = await Promise.all(
      this.states
        .filter((state) => state !== undefined)
        .map(({ keySchedule }) =>
          mlsExporter(keySchedule.exporterSecret, exporterLabel, new Uint8Array(), 32, this.#suite),
        ),
    );
    if (new Set(secrets.map(String)).size !== 1) throw new Error('MLS members disagree');
  }

  async #commit(index: number, proposal: Proposal) {
    const state = this.states[index];
    if (state === undefined) throw new Error(`member ${index} has left`);
    const startMs = cpuMs();
    const { newState, commit, welcome } = await createCommit(
      { state, cipherSuite: this.#suite },
      { extraProposals: [proposal], ratchetTreeExtension: true },
    );
    const bytes = encodeMlsMessage(commit);
    const committerMs = cpuMs() - startMs;
    this.states[index] = newState;
    const receiverMs = await this.#deliver(bytes, index);
    return { commit: bytes, welcome, change: { committerMs, receiverMs, newcomerMs: 0 } };
  }

  /** The most that a receiver worked. */
  async #deliver(bytes: Uint8Array, committer: number): Promise<number> {
    let mostMs = 0;
    for (const [index, state] of this.states.entries()) {
      if (state === undefined || index === committer) continue;
      const startMs = cpuMs();
      const message = requireGroupMessage(decodeMlsMessage(bytes, 0)?.[0]);
      const { newState } = await processMessage(
        message,
        state,
        emptyPskIndex,
        () => 'accept',
        this.#suite,
      );
      mostMs = Math.max(mostMs, cpuMs() - startMs);
      this.states[index] = newState;
    }
    return mostMs;
  }

  get size(): number {
    return this.states.filter((state) => state !== undefined).length;
  }
}

/** One member more, and one less, at each of `sizes`. */
export async function measureMls(
  suite: CiphersuiteName,
  sizes: readonly number[],
): Promise<GroupChange[]> {
  const changes: GroupChange[] = [];
  for (const size of sizes) {
    // Of its own: 25 people of whom one leaves take one newcomer with ts-mls 1.6.4, and not the next.
    const group = await MlsGroup.create(suite);
    while (group.size < size - 1) await group.join();
    const join = await group.join();
    await group.requireAllAgree();
    const leave = await group.leave();
    await group.requireAllAgree();
    changes.push({ join: toCost(join), leave: toCost(leave) });
  }
  return changes;
}

function toCost({ bytes, newcomerMs, committerMs, receiverMs }: Change): GroupCost {
  return { bytes, newcomerMs, memberMs: Math.max(committerMs, receiverMs) };
}

async function keyPackage(name: string, suite: CiphersuiteImpl) {
  const credential = { credentialType: 'basic', identity: text.encode(name) } as const;
  return generateKeyPackage(credential, defaultCapabilities(), defaultLifetime, [], suite);
}

function requireGroupMessage(message: MLSMessage | undefined) {
  if (
    message?.wireformat !== 'mls_private_message' &&
    message?.wireformat !== 'mls_public_message'
  ) {
    throw new Error('not a message to the group');
  }
  return message;
}
