import type { LineScanner } from './lineScanner';

/** How the logs of ddrescue begin that lie beside its map and are often taken for it. */
const DDRESCUE_LOG = /^# (Rates|Reads|Events) Logfile\b/;
const OPEN_SUPER_CLONE_LOG = /^# current position\s+status\b/;

/**
 * Looks at a comment line of a map.
 * @throws RemapError `EINVAL` naming the line if only another file of a rescue program has it
 */
export function refuseOtherLog(scanner: LineScanner): void {
  const { text } = scanner;
  const [, kind] = DDRESCUE_LOG.exec(text) ?? [];
  if (kind !== undefined) {
    throw scanner.invalid(
      `this is a log of ddrescue's ${kind.toLowerCase()}, not a map: choose the mapfile that ddrescue was given`,
    );
  }
  if (OPEN_SUPER_CLONE_LOG.test(text)) {
    throw scanner.invalid("this is OpenSuperClone's own log: export it as a ddrescue map");
  }
}
