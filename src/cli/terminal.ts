import type { Writable } from 'node:stream';
import { describeError } from '../contract/errorSentences';
import { printable } from '../engine';

/** A stream of the process, which may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** How often progress is shown anew. */
const PROGRESS_MS = 100;

/** What a verb prints. A reader that goes away is no error: the verb does its work, and the rest is dropped. */
export class Terminal {
  #hasProgress = false;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly stdout: Output,
    private readonly stderr: Output,
  ) {}

  /** Prints a result. Resolves when the stream takes more. */
  async print(content: string | Uint8Array): Promise<void> {
    this.clearProgress();
    if (this.stdout.destroyed || this.stdout.write(content)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ['drain', 'close', 'error']) this.stdout.off(event, done);
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) this.stdout.on(event, done);
    });
  }

  /** Prints a line with text of others in it. */
  printLine(line: string): Promise<void> {
    return this.print(`${printable(line)}\n`);
  }

  /** Prints a line that is no result. */
  note(line: string): void {
    this.clearProgress();
    if (!this.stderr.destroyed) this.stderr.write(`${printable(line)}\n`);
  }

  /** Says why something was refused or failed: `CODE: message`. */
  noteError(error: unknown): void {
    const { code, message } = describeError(error);
    this.note(`${code}: ${message}`);
  }

  /** Shows how far the work is, in one line that the next one replaces; on a terminal only. */
  progress(text: string, fraction?: number): void {
    if (!this.stderr.isTTY || performance.now() - this.#shownAt < PROGRESS_MS) return;
    const percent = fraction === undefined ? '' : `${Math.floor(fraction * 100)} % `;
    const line = `${percent}${printable(text)}`.slice(0, (this.stderr.columns ?? 80) - 1);
    this.stderr.write(`\r\x1b[K${line}`);
    this.#hasProgress = true;
    this.#shownAt = performance.now();
  }

  clearProgress(): void {
    if (!this.#hasProgress) return;
    this.stderr.write('\r\x1b[K');
    this.#hasProgress = false;
  }
}
