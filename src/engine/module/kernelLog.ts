import type { KernelLine } from '../dmsetup/kernelTexts';
import { formatKernelLine } from '../dmsetup/kernelTexts';
import type { MachineEvent } from './contracts';

type Emit = (event: MachineEvent) => void;

/** The kernel's log, as dmesg shows it: each line goes out as an event. */
export class KernelLog {
  readonly #emit: Emit;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  line(line: KernelLine): void {
    this.#emit({ kind: 'log', level: line.level, text: formatKernelLine(line) });
  }

  lines(lines: Iterable<KernelLine>): void {
    for (const line of lines) this.line(line);
  }

  info(text: string): void {
    this.line({ level: 'info', text });
  }

  warning(text: string): void {
    this.line({ level: 'warning', text });
  }

  error(text: string): void {
    this.line({ level: 'error', text });
  }
}
