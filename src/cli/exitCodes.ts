/** What the program says by its end. */
export const EXIT = {
  done: 0,
  /** What was checked, verified, scanned or tested is not right. */
  foundBad: 1,
  usage: 2,
  /** Refused or failed: standard error says why. */
  failed: 3,
} as const;
