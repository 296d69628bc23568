import { RangeSet } from '../block/rangeSet';
import { formatFlakeyTable, parseFlakeyTable } from '../dmsetup/flakeyTable';
import { TARGET_NAME } from '../dmsetup/status';
import { RemapError } from '../errors';
import { LineScanner } from './lineScanner';

/** What a table says of a disk. */
export interface TableFaults {
  readonly badSectors: RangeSet;
  /** dm-flakey arguments after `<dev> <offset>`, as the kernel prints them; absent: the table has no flakey segment. */
  readonly flakey?: string;
}

/** How a table is read. */
export interface TableOptions {
  /** The file's name, for errors. */
  readonly path: string;
  /** Refuses `error` segments that aren't wholly inside a device of this size. */
  readonly sectorCount: number;
  /** The tag of the bad sectors. */
  readonly tag: number;
}

/** A line of `dmsetup table`; `NAME: ` stands before it where all devices were asked for. */
const SEGMENT = /^(?:(\S.*):\s+)?(\d{1,15})\s+(\d{1,15})\s+([A-Za-z][\w-]*)(?:\s+(\S.*))?$/;

/** Whether a line, without blanks around it, is a segment of a table. */
export function isTableLine(line: string): boolean {
  return SEGMENT.test(line);
}

/**
 * Reads what `dmsetup table` prints: bad sectors are its `error` segments, and a `flakey` segment is the layer.
 * `linear` segments, a `dust` one (a table doesn't hold its bad blocks) and the device of dm-remap itself say nothing
 * bad. A text of several devices is taken for the layers of one stack, so only one of them may have `error` segments,
 * and one be flakey. Comments (`#`) and empty lines are read over.
 *
 * @throws RemapError `EINVAL` with `details.path` and `details.line`: for another target, a table with gaps, a flakey
 * segment that isn't a whole table, or arguments that dm-flakey refuses
 */
export function parseSegmentTable(bytes: Uint8Array, options: TableOptions): TableFaults {
  const scanner = new LineScanner(bytes, options.path);
  const stack = new TableStack(scanner, options);
  while (scanner.nextEntry()) {
    const [, name = '', start, count, target, args = ''] = SEGMENT.exec(scanner.rest) ?? [];
    if (target === undefined) {
      throw scanner.invalid(`'${scanner.rest.slice(0, 80)}' is not a line of a device-mapper table`);
    }
    stack.add(name, Number(start), Number(count), target.toLowerCase(), args.split(/\s+/));
  }
  return stack.faults;
}

/** The devices of a text, layers of one stack. */
class TableStack {
  readonly #badSectors = new RangeSet();
  #flakey: string | undefined;
  /** Where the last segment of each device ends. */
  readonly #ends = new Map<string, number>();
  /** The device that has the `error` segments, and the flakey one. */
  #failing: string | undefined;
  #flakeyDevice: string | undefined;

  constructor(
    private readonly scanner: LineScanner,
    private readonly options: TableOptions,
  ) {}

  get faults(): TableFaults {
    return { badSectors: this.#badSectors, ...(this.#flakey !== undefined && { flakey: this.#flakey }) };
  }

  add(name: string, start: number, count: number, target: string, args: readonly string[]): void {
    const end = this.#ends.get(name) ?? 0;
    if (start !== end) {
      throw this.scanner.invalid(`the segment begins at sector ${start}, not at ${end} where it has to`);
    }
    if (count === 0) throw this.scanner.invalid('the segment has no sectors');
    if (name === this.#flakeyDevice) throw this.#partlyFlakey();
    this.#ends.set(name, start + count);
    if (target === 'error') this.#addBad(name, start, count);
    else if (target === 'flakey') this.#addFlakey(name, start, args);
    else if (target !== 'linear' && target !== 'dust' && target !== TARGET_NAME) {
      throw this.scanner.invalid(
        `a ${target} segment is not understood: only linear, error, flakey and dust are`,
      );
    }
  }

  #addBad(name: string, start: number, count: number): void {
    if (start + count > this.options.sectorCount) {
      throw this.scanner.invalid(
        `sectors up to ${start + count - 1} fail, but the device has ${this.options.sectorCount} sectors`,
      );
    }
    this.#failing ??= name;
    if (name !== this.#failing) throw this.#several('error');
    this.#badSectors.add(start, count, this.options.tag);
  }

  #addFlakey(name: string, start: number, [, , ...behaviour]: readonly string[]): void {
    if (start > 0) throw this.#partlyFlakey();
    if (this.#flakeyDevice !== undefined) throw this.#several('flakey');
    this.#flakeyDevice = name;
    try {
      this.#flakey = formatFlakeyTable(parseFlakeyTable(behaviour.join(' ')));
    } catch (error) {
      throw error instanceof RemapError ? this.scanner.invalid(error.message) : error;
    }
  }

  #partlyFlakey(): RemapError {
    return this.scanner.invalid(
      'dm-flakey over a part of a device is not understood: here it is over all of main',
    );
  }

  #several(target: string): RemapError {
    return this.scanner.invalid(
      `a second device with ${target} segments: give the table of one, from dmsetup table NAME`,
    );
  }
}
