/** More turns of the event loop than any request to disks in memory takes. */
const PATIENCE = 100_000;

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop turn `count` times. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/**
 * The promise's result.
 * @throws Error when the event loop goes idle around it: whoever should settle it never will
 */
export async function settled<T>(promise: Promise<T>, what: string): Promise<T> {
  let isPending = true;
  const done = promise.finally(() => {
    isPending = false;
  });
  done.catch(() => undefined);
  // A few microtask rounds are enough for most, and much cheaper than a turn.
  for (let i = 0; i < 20 && isPending; i++) await undefined;
  for (let i = 0; i < PATIENCE && isPending; i++) await turn();
  if (isPending) throw new Error(`${what} hangs`);
  return done;
}
