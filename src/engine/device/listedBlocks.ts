import { createHash } from 'node:crypto';

const MAX_ANSWERS = 256;

/** The lists of bad blocks that one device has answered to `listbadblocks`. */
export interface ListedBlocks {
  note(answer: string): void;
  /** Whether a file holds one of the answers, however its lines end. */
  includes(bytes: Uint8Array): boolean;
}

/**
 * The lists of bad blocks that devices have answered to `listbadblocks`. Their blocks are sectors, as in the messages, and a
 * list of bare numbers doesn't say so: one that a device wrote itself is known again by its numbers, and the device by its
 * main image, also after it was removed and assembled again.
 */
export class ListedAnswers {
  #digests = new Set<string>();
  #onChange: (digests: readonly string[]) => void = () => {};

  /** Knows answers from an earlier time too, and calls the listener with all, the oldest first, when there is another one. */
  restore(digests: readonly string[], onChange: (digests: readonly string[]) => void): void {
    this.#digests = new Set([...digests, ...this.#digests]);
    this.#onChange = onChange;
  }

  /** The answers of the device over a main image. */
  of(mainPath: string): ListedBlocks {
    return {
      note: (answer) => this.#note(digestOf(mainPath, answer)),
      includes: (bytes) =>
        this.#digests.size > 0 &&
        this.#digests.has(digestOf(mainPath, Buffer.from(bytes).toString('latin1'))),
    };
  }

  #note(digest: string): void {
    this.#digests.delete(digest);
    this.#digests.add(digest);
    const [oldest] = this.#digests;
    if (this.#digests.size > MAX_ANSWERS) this.#digests.delete(oldest!);
    this.#onChange([...this.#digests]);
  }
}

function digestOf(mainPath: string, text: string): string {
  const numbers = text.trim().replace(/\s+/g, '\n');
  return createHash('sha256').update(`${mainPath}\0${numbers}`).digest('base64');
}
