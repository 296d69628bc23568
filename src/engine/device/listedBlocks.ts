import { createHash } from 'node:crypto';

const MAX_ANSWERS = 32;

/**
 * The lists of bad blocks that a device has answered to `listbadblocks`. Their blocks are sectors, as in the messages, and a
 * list of bare numbers doesn't say so: one that the device wrote itself is known again by its numbers.
 */
export class ListedBlocks {
  readonly #answers = new Set<string>();

  note(answer: string): void {
    this.#answers.add(digestOf(answer));
    const [oldest] = this.#answers;
    if (this.#answers.size > MAX_ANSWERS) this.#answers.delete(oldest!);
  }

  /** Whether a file holds one of the answers, however its lines end. */
  includes(bytes: Uint8Array): boolean {
    return this.#answers.size > 0 && this.#answers.has(digestOf(Buffer.from(bytes).toString('latin1')));
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text.trim().replace(/\s+/g, '\n')).digest('hex');
}
