import fs from 'node:fs';
import type { ReaderEvents, StartReader } from '../../../src/engine/outside/readerThread';
import type { SharedRing } from '../../../src/engine/outside/readRing';
import { serveReads } from '../../../src/engine/outside/serveReads';

/** A reader that works when a test says so, in the thread of the test. */
export class HandReader {
  startCount = 0;
  /** How often it told that it has answers. */
  bellCount = 0;
  #shared: SharedRing | undefined;
  #events: ReaderEvents | undefined;

  readonly start: StartReader = (shared, events) => {
    this.startCount++;
    this.#shared = shared;
    this.#events = events;
  };

  /** Whether it was told to end. */
  get isToEnd(): boolean {
    return Atomics.load(this.#shared!.words, this.#shared!.layout.Word.ends) === 1;
  }

  /** How many reads it was given and hasn't passed. */
  get waitingCount(): number {
    const { words, layout } = this.#shared!;
    return words[layout.Word.put]! - words[layout.Word.passed]!;
  }

  /** Says that it runs. */
  begin(): void {
    this.#events!.rang();
  }

  /**
   * Makes the reads that it was given.
   * @param readSync in place of Node's, which counts as fast: on a busy machine it waits for the processor
   */
  serve(readSync?: typeof fs.readSync): void {
    const shared = this.#shared!;
    // It ends when it has made them: for that it looks at another word than it will.
    const ends = shared.layout.Word.ends + 1;
    shared.words[ends] = 1;
    const SLOW_MS = readSync ? shared.layout.SLOW_MS : Number.POSITIVE_INFINITY;
    const layout = { ...shared.layout, SLOW_MS, Word: { ...shared.layout.Word, ends } };
    serveReads({ readSync: readSync ?? fs.readSync }, { ...shared, layout } as unknown as SharedRing, () => {
      this.bellCount++;
      this.#events!.rang();
    });
  }

  /** Begins the next read, and doesn't get its answer. @returns has it answered */
  hang(): () => void {
    const { words, states, layout } = this.#shared!;
    const slot = words[layout.Word.passed]! % layout.SLOT_COUNT;
    states[slot] = layout.State.taken;
    return () => {
      states[slot] = layout.State.queued;
      this.serve();
    };
  }

  die(): void {
    this.#events!.ended();
  }
}
