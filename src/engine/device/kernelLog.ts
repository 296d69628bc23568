import type { KernelLine } from '../dmsetup/kernelTexts';
import { formatKernelLine } from '../dmsetup/kernelTexts';
import type { SectorRange } from '../errors';
import type { DeviceEvent } from './deviceContracts';

/** The most sectors or entries that one event gets a line for; one more line counts the rest. */
export const LINES_PER_EVENT = 8;

type Emit = (event: DeviceEvent) => void;

/** The kernel's log, as dmesg shows it: each line goes out as an event. */
export class KernelLog {
  readonly #emit: Emit;
  readonly #warned = new Set<string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  line(line: KernelLine): void {
    this.#emit({ kind: 'log', level: line.level, text: formatKernelLine(line) });
  }

  lines(lines: Iterable<KernelLine>): void {
    for (const line of lines) this.line(line);
  }

  /** Logs a line of another driver, which has a prefix of its own. */
  foreign(text: string): void {
    this.#emit({ kind: 'log', level: 'info', text });
  }

  /** Logs each sector, up to {@link LINES_PER_EVENT} of them, and then how many more there are. */
  sectors(runs: readonly SectorRange[], log: (sector: number) => void): void {
    let left = LINES_PER_EVENT;
    let total = 0;
    for (const [first, count] of runs) {
      total += count;
      for (let sector = first; sector < first + count && left > 0; sector++, left--) log(sector);
    }
    if (total > LINES_PER_EVENT) this.warning(`... and ${total - LINES_PER_EVENT} sectors more`);
  }

  info(text: string): void {
    this.line({ level: 'info', text });
  }

  warning(text: string): void {
    this.line({ level: 'warning', text });
  }

  /** Warns of what stays as it is: a second time it says nothing. */
  warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.warning(text);
  }

  error(text: string): void {
    this.line({ level: 'error', text });
  }
}
