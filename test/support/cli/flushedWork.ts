import { type Random, randomInteger } from '../../../src/engine/block/random';
import type { RawClient } from '../export/rawClient';

const [READ, WRITE, FLUSH] = [0, 1, 3];
const SECTOR = 512;
/** Sectors of one write. */
const BLOCK = 8;
/** Writes that are under way at a time. */
const BATCH = 8;

/**
 * The writes of a client, which remembers those that an answered flush covered: they must be there also after the server
 * was killed. A write puts its number into each of its sectors, so that a sector shows which write it holds: the one that
 * the last answered flush covered, or a later one.
 */
export class FlushedWork {
  /** By block: the write that is durable. */
  readonly #durable = new Map<number, number>();
  /** By block: the write that was answered last. */
  readonly #answered = new Map<number, number>();
  #number = 0;

  constructor(
    private readonly blockCount: number,
    private readonly random: Random,
  ) {}

  get durableCount(): number {
    return this.#durable.size;
  }

  /**
   * Writes and flushes until the server goes; a flush of the next server does not cover what was not flushed by then.
   * @param onBatch is called for each batch before its answers are awaited
   */
  async run(client: RawClient, onBatch: () => void): Promise<void> {
    try {
      for (;;) await this.#batch(client, onBatch);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('closed after'))) throw error;
    } finally {
      this.#answered.clear();
    }
  }

  /** Every block is as some write from the durable one on left it. @throws Error naming the first sector that isn't */
  async check(client: RawClient): Promise<void> {
    for (const [block, durable] of this.#durable) {
      client.request({ command: READ, offset: block * BLOCK * SECTOR, length: BLOCK * SECTOR });
      const { errno } = await client.simpleReply();
      if (errno !== 0) throw new Error(`block ${block} can't be read: ${errno}`);
      const bytes = await client.take(BLOCK * SECTOR);
      for (let i = 0; i < BLOCK; i++)
        checkSector(bytes.subarray(i * SECTOR, (i + 1) * SECTOR), block, durable, this.#number);
    }
  }

  /** A batch of writes to different blocks, beside a flush of those before it. */
  async #batch(client: RawClient, onBatch: () => void): Promise<void> {
    const blocks = new Set<number>();
    while (blocks.size < BATCH) blocks.add(randomInteger(this.random, this.blockCount));
    const numbers = new Map<bigint, readonly [block: number, number: number]>();
    const covered = new Map(this.#answered);
    client.request({ command: FLUSH, cookie: 0n });
    for (const block of blocks) {
      this.#number++;
      numbers.set(BigInt(this.#number), [block, this.#number]);
      client.request({
        command: WRITE,
        offset: block * BLOCK * SECTOR,
        length: BLOCK * SECTOR,
        cookie: BigInt(this.#number),
        payload: blockOf(block, this.#number),
      });
    }
    onBatch();
    for (let i = 0; i <= BATCH; i++) {
      const { errno, cookie } = await client.simpleReply();
      if (errno !== 0) throw new Error(`request ${cookie} failed: ${errno}`);
      const written = numbers.get(cookie);
      if (written) this.#answered.set(...written);
      else for (const [block, number] of covered) this.#durable.set(block, number);
    }
  }
}

function blockOf(block: number, number: number): Buffer {
  const bytes = Buffer.alloc(BLOCK * SECTOR, number % 251);
  for (let i = 0; i < BLOCK; i++) {
    bytes.writeUInt32LE(number, i * SECTOR);
    bytes.writeUInt32LE(block, i * SECTOR + 4);
  }
  return bytes;
}

function checkSector(bytes: Buffer, block: number, durable: number, last: number): void {
  const number = bytes.readUInt32LE();
  const isOfBlock = bytes.readUInt32LE(4) === block;
  const isWhole = bytes.subarray(8).every((byte) => byte === number % 251);
  if (isOfBlock && isWhole && number >= durable && number <= last) return;
  throw new Error(
    `block ${block} holds write ${number}${isWhole ? '' : ', torn'}; write ${durable} was flushed`,
  );
}
