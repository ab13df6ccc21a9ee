/** Keystream of a counter mode on Node's AES, made for packets before they come. */
import { createCipheriv, type Cipheriv } from 'node:crypto';

const blockBytes = 16;
/** No UDP datagram is longer. */
const maxBlocks = 65_536 / blockBytes;
/** Packets whose keystream is made at once. */
const packetsAhead = 16;

/** Work space, for all instances: a capture may have a thousand streams. */
const counters = Buffer.alloc((maxBlocks + 1) * blockBytes);
const counterView = new DataView(counters.buffer, counters.byteOffset, counters.length);

/** Big-endian words of the first counter block of a packet; those after it count on in the last word. */
export type CounterBlock = readonly [number, number, number, number];

export interface KeystreamOptions {
  readonly key: Uint8Array;
  /** @param index of the packet; the block's last word must have room for the packet's blocks. */
  readonly firstBlock: (ssrc: number, index: number) => CounterBlock;
}

/** `bytes` from `offset` on. */
export interface Keystream {
  readonly bytes: Buffer;
  readonly offset: number;
}

export class KeystreamAhead {
  /**
   * The block cipher of counter mode, kept open: its key schedule is expanded once, and creating a
   * cipher object per packet would cost more than the packet's blocks.
   */
  readonly #blockCipher: Cipheriv;
  readonly #firstBlock: KeystreamOptions['firstBlock'];
  /** Made but not yet used. */
  #ready = { ssrc: -1, firstIndex: 0, packets: 0, blocks: 0, bytes: Buffer.alloc(0) };

  /** Copies what it needs of the key. */
  constructor({ key, firstBlock }: KeystreamOptions) {
    this.#blockCipher = createCipheriv(`aes-${8 * key.length}-ecb`, key, null);
    this.#blockCipher.setAutoPadding(false);
    this.#firstBlock = firstBlock;
  }

  /**
   * Packets mostly follow each other: where one did, the keystream of those that come next is made in the
   * same call, which costs little more than that of one.
   * @returns at least so many blocks, valid until the next call
   */
  of(ssrc: number, index: number, blocks: number): Keystream {
    const ready = this.#ready;
    const ahead = index - ready.firstIndex;
    if (ready.ssrc === ssrc && ahead >= 0 && ahead < ready.packets && blocks <= ready.blocks) {
      return { bytes: ready.bytes, offset: ahead * ready.blocks * blockBytes };
    }
    const follows = ready.ssrc === ssrc && ahead === ready.packets;
    // A little longer, since the next packets may be.
    const made = follows ? Math.min(maxBlocks, Math.ceil((blocks + 1) / 4) * 4) : blocks;
    const packets = follows ? Math.min(packetsAhead, Math.floor(maxBlocks / made)) : 1;
    for (let i = 0; i < packets; i++) {
      const first = this.#firstBlock(ssrc, index + i);
      writeCounters(first, { at: i * made, blocks: made });
    }
    const bytes = this.#blockCipher.update(counters.subarray(0, packets * made * blockBytes));
    ready.bytes.fill(0);
    this.#ready = { ssrc, firstIndex: index, packets, blocks: made, bytes };
    return { bytes, offset: 0 };
  }

  /** Overwrites what was made. Idempotent. */
  wipe(): void {
    this.#ready.bytes.fill(0);
  }
}

/** @param at in blocks */
function writeCounters(
  [first, second, third, fourth]: CounterBlock,
  { at, blocks }: { readonly at: number; readonly blocks: number },
): void {
  for (let block = 0; block < blocks; block++) {
    const offset = (at + block) * blockBytes;
    counterView.setInt32(offset, first);
    counterView.setInt32(offset + 4, second);
    counterView.setInt32(offset + 8, third);
    counterView.setInt32(offset + 12, fourth + block);
  }
}
