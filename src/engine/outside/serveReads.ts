import type { SharedRing } from './readRing';

/**
 * The program of the reader thread: makes the reads of a ring (`ReadRing`), one after the other, and sleeps while there are
 * none. Its text is what the thread gets, so it can use nothing but its arguments and what the language has.
 * @param tell tells the asking thread that the bell was rung; the first time when it begins
 */
export function serveReads(
  { readSync }: Pick<typeof import('node:fs'), 'readSync'>,
  { words, states, fields, bytes, layout }: SharedRing,
  tell: () => void,
): void {
  const { Word, State, Field } = layout;
  let passed = Atomics.load(words, Word.passed);
  let slowness = 0;

  function ring(): void {
    if (Atomics.exchange(words, Word.bell, 0) === 1) tell();
  }

  function readSlot(slot: number): void {
    const at = slot * layout.FIELD_COUNT;
    const length = fields[at + Field.byteLength]!;
    const position = fields[at + Field.byteOffset]!;
    const startedAt = performance.now();
    try {
      const start = slot * layout.SLOT_BYTES;
      fields[at + Field.byteCount] = readSync(fields[at + Field.fd]!, bytes, start, length, position);
    } catch {
      fields[at + Field.byteCount] = layout.FAILED;
    }
    const isSlow = performance.now() - startedAt > layout.SLOW_MS;
    slowness = isSlow ? slowness + layout.SLOW_WEIGHT : Math.max(0, slowness - 1);
    if (slowness < layout.SLOW_LIMIT) return;
    slowness = 0;
    Atomics.store(words, Word.isSlow, 1);
    ring();
  }

  for (;;) {
    while (passed !== Atomics.load(words, Word.put)) {
      const slot = passed & (layout.SLOT_COUNT - 1);
      if (Atomics.compareExchange(states, slot, State.queued, State.taken) === State.queued) readSlot(slot);
      passed = (passed + 1) | 0;
      Atomics.store(words, Word.passed, passed);
      if (passed % layout.BELL_READS === 0) ring();
    }
    ring();
    const isDone = passed === Atomics.load(words, Word.put);
    if (isDone && Atomics.exchange(words, Word.asks, 0) === 1) Atomics.notify(words, Word.asks);
    if (Atomics.load(words, Word.ends) === 1) return;
    // The other thread sets this to 0 when it puts a read in or wants the end: there is no moment in which that could be missed.
    Atomics.store(words, Word.sleeps, 1);
    const isIdle = passed === Atomics.load(words, Word.put) && Atomics.load(words, Word.ends) === 0;
    if (isIdle) Atomics.wait(words, Word.sleeps, 1);
  }
}
