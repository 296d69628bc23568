/** More turns of the event loop than any request to disks in memory takes. */
const PATIENCE = 100_000;

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop turn `count` times. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/** Whether the promise has still not settled after everything has run that can. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const note = (): void => {
    pending = false;
  };
  promise.then(note, note);
  await turns(2);
  return pending;
}

/**
 * The promise's result.
 * @throws Error when the event loop has nothing left to do that could settle it
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
