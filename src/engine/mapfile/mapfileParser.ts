import { type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import { LARGEST_INTEGER, LineScanner } from './lineScanner';
import { isRescueStatus, type Mapfile, POSITION_HEADING } from './mapfile';
import { AnnotationReader } from './mediumAnnotations';
import { withEdit } from './mediumState';
import { refuseOtherLog } from './otherLogs';
import { isBlockStatus, type RescueBlocks, RescueBlocksBuilder } from './rescueBlocks';
import { wholeLines } from './tornText';

/** What a reader of a mapfile may ask for. */
export interface MapfileOptions {
  /** The file's name, for errors. */
  readonly path: string;
  /** Refuses a map with bad bytes at or after this one. */
  readonly badEnd?: number;
}

/**
 * Reads a mapfile by the rules of ddrescue's own reader (1.27): numbers as in C, `pass` optional, anything after a
 * status ignored, blocks contiguous in ascending order, the first of them anywhere. A text without a status line is an
 * empty map, as for ddrescue. Stricter than that: a position and a size need a blank between them, and a block may not
 * start beyond 2^53 bytes.
 *
 * Of comments only those above the status line, and our own, are kept; blocks come out compact. Our own at the end say
 * what became of sectors since the blocks were written: the map is as it became. The end of the text that a crash left
 * torn says nothing.
 *
 * @throws RemapError `EINVAL` with `details.path` and, but for a text of another kind, `details.line`
 */
export function* readMapfile(bytes: Uint8Array, options: MapfileOptions): Slices<Mapfile> {
  const scanner = new LineScanner(wholeLines(bytes), options.path);
  const annotations = new AnnotationReader();
  const header: string[] = [];
  const blocks = new BlockReader(scanner, options.badEnd ?? Number.POSITIVE_INFINITY);
  let status: Status | undefined;
  while (scanner.nextLine()) {
    if (scanner.line % STEPS_PER_SLICE === 0) yield;
    scanner.skipBlanks();
    if (scanner.isAtEnd) continue;
    if (scanner.isAtComment) {
      if (annotations.read(scanner)) continue;
      refuseOtherLog(scanner);
      if (!status && scanner.text !== POSITION_HEADING) header.push(scanner.text);
    } else if (status) blocks.read();
    else status = readStatus(scanner);
  }
  const { faults, injected, enabled, quiet, changes } = annotations;
  const mapfile = {
    header,
    ...(status ?? NO_STATUS),
    blocks: blocks.build(),
    faults,
    injected,
    enabled,
    quiet,
  };
  if (changes.runCount === 0) return mapfile;
  return { ...(yield* withEdit(mapfile, { states: changes })), hasAdded: true };
}

type Status = Pick<Mapfile, 'currentPosition' | 'currentStatus' | 'currentPass'>;

const NO_STATUS: Status = { currentPosition: 0, currentStatus: '?', currentPass: 1 };

/** The largest pass that ddrescue's reader takes. */
const MAX_PASS = 2 ** 31 - 1;

function readStatus(scanner: LineScanner): Status {
  const currentPosition = scanner.integer();
  scanner.skipBlanks();
  const currentStatus = scanner.character();
  if (!Number.isSafeInteger(currentPosition) || !isRescueStatus(currentStatus)) {
    throw scanner.invalid('the status line must be a position and one of ? * / - F G +');
  }
  scanner.skipBlanks();
  const pass = scanner.decimal();
  const currentPass = Number.isNaN(pass) && !scanner.rest.startsWith('-') ? 1 : pass;
  if (!(currentPass >= 1 && currentPass <= MAX_PASS)) throw scanner.invalid('the pass must be at least 1');
  return { currentPosition, currentStatus, currentPass };
}

/** Reads the block lines and checks that each begins where the one before ended. */
class BlockReader {
  readonly #blocks = new RescueBlocksBuilder();
  #isFirst = true;
  /** Infinite after a block that ends beyond 2^53, which must be the last. */
  #end = 0;
  #exactEnd: bigint | undefined;

  constructor(
    private readonly scanner: LineScanner,
    private readonly badEnd: number,
  ) {}

  build(): RescueBlocks {
    return this.#blocks.build(this.#exactEnd);
  }

  read(): void {
    const { scanner } = this;
    const start = scanner.integer();
    const isApart = scanner.skipBlanks();
    const size = scanner.integer();
    scanner.skipBlanks();
    const status = scanner.character();
    if (Number.isNaN(start) || Number.isNaN(size) || !isApart || !isBlockStatus(status)) {
      throw scanner.invalid('a block must be a position, a size and one of ? * / - +');
    }
    if (!Number.isSafeInteger(start)) throw scanner.invalid('the block starts beyond 8 PiB');
    if (size === 0 && start > 0) throw scanner.invalid('the block is empty');
    if (start !== this.#end && !this.#isFirst) throw scanner.invalid(this.#gapBefore(start));
    this.#end = this.#endOf(start, size);
    if (status === '-' && this.#end > this.badEnd) {
      const end = this.#exactEnd ?? this.#end;
      throw scanner.invalid(`bytes are bad up to ${end}, but the device ends at byte ${this.badEnd}`);
    }
    this.#isFirst = false;
    this.#blocks.append(start, this.#end, status);
  }

  #gapBefore(start: number): string {
    if (!Number.isFinite(this.#end))
      return `the block starts at byte ${start}, but the one before it ends beyond 8 PiB`;
    const [what, low, high] =
      start > this.#end ? ['a gap', this.#end, start] : ['an overlap', start, this.#end];
    return `${what} between byte ${low} and byte ${high}: each block must start where the one before it ends`;
  }

  #endOf(start: number, size: number): number {
    if (Number.isSafeInteger(start + size)) return start + size;
    const end = BigInt(start) + (Number.isFinite(size) ? BigInt(size) : this.scanner.largeInteger);
    this.#exactEnd = end < LARGEST_INTEGER ? end : LARGEST_INTEGER;
    return Number.POSITIVE_INFINITY;
  }
}
