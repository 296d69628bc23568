/** Of the running thread, where Node tells that; else of all threads of the process. */
const processorTime = (): number => {
  const { threadCpuUsage = process.cpuUsage } = process as { threadCpuUsage?: typeof process.cpuUsage };
  const { user, system } = threadCpuUsage.call(process);
  return (user + system) / 1000;
};

/**
 * The most milliseconds that one turn of the event loop took while some work was done. Time in which other programs had the
 * processor doesn't count.
 */
export async function longestTurn(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = { elapsed: performance.now(), busy: processorTime() };
  const endTurn = () => {
    const now = { elapsed: performance.now(), busy: processorTime() };
    longest = Math.max(longest, Math.min(now.elapsed - before.elapsed, now.busy - before.busy));
    before = now;
    turn = setImmediate(endTurn);
  };
  let turn = setImmediate(endTurn);
  try {
    await work();
    await new Promise(setImmediate);
    return longest;
  } finally {
    clearImmediate(turn);
  }
}
