import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that can be left for a while at each `yield`. */
export type Slices<T> = Generator<void, T>;

/** How many small steps such work takes between two yields. */
export const STEPS_PER_SLICE = 2048;

/** For so long the event loop waits at most, in milliseconds. */
const SLICE_MS = 8;

/**
 * Does long work in slices, so that other work goes on meanwhile.
 * @throws the reason of the signal once it is aborted
 */
export async function inSlices<T>(work: Slices<T>, signal?: AbortSignal): Promise<T> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    signal?.throwIfAborted();
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/** Does the same work without a pause. */
export function atOnce<T>(work: Slices<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
