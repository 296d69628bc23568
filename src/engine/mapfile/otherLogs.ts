import type { LineScanner } from './lineScanner';

/** Files of rescue programs that lie beside a map and are often taken for it: how they begin, and what they are. */
const OTHER_LOGS: readonly (readonly [beginning: RegExp, what: string])[] = [
  [/^# Rates Logfile\b/, "a log of ddrescue's rates, not a map: choose the mapfile that ddrescue was given"],
  [/^# Reads Logfile\b/, "a log of ddrescue's reads, not a map: choose the mapfile that ddrescue was given"],
  [
    /^# Events Logfile\b/,
    "a log of ddrescue's events, not a map: choose the mapfile that ddrescue was given",
  ],
  [/^# current position\s+status\b/, "OpenSuperClone's own log: export it as a ddrescue map"],
];

/**
 * Looks at a comment line of a map.
 * @throws RemapError `EINVAL` naming the line if only another file of a rescue program has it
 */
export function refuseOtherLog(scanner: LineScanner): void {
  const log = OTHER_LOGS.find(([beginning]) => beginning.test(scanner.text));
  if (log) throw scanner.invalid(`this is ${log[1]}`);
}
