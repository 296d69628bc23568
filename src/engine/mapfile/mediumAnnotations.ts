import { SECTOR_SIZE } from '../block/blockDevice';
import { ERROR_TAG, faultOfTag, MAX_FAILURE_COUNT, tagOfFault } from '../block/mediumFault';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import type { LineScanner } from './lineScanner';
import { formatPosition } from './rescueBlocks';

/** What our comments in a rescue map say of a medium, because ddrescue's own lines can't. */
export interface MediumAnnotations {
  /** Sectors with a fault other than failing always, tagged as `tagOfFault` does. */
  readonly faults: ReadonlyRangeSet;
  /** False: no sector fails now (dm-dust's `disable`). */
  readonly enabled: boolean;
  readonly quiet: boolean;
}

/**
 * An annotation is a line like one of these two:
 *
 *     # Remap Inspector: medium disabled quiet
 *     # Remap Inspector: fault 0x00010000 0x00000200 dust 3
 *
 * with a position and a size in bytes, and after the mode how many writes (dust) or reads (error) fail. The first is
 * written only for a medium that is disabled or quiet. The second is about the bad sectors within its run; a bad sector
 * in no run always fails.
 */
const PREFIX = '# Remap Inspector: ';

/** The lines of a medium's annotations. */
export function* formatAnnotations(annotations: MediumAnnotations): Generator<string> {
  const { enabled, quiet } = annotations;
  if (!enabled || quiet) yield `${PREFIX}medium${enabled ? '' : ' disabled'}${quiet ? ' quiet' : ''}`;
  for (const { first, sectorCount, tag } of annotations.faults.tagged()) {
    const fault = faultOfTag(tag);
    const count = fault.mode === 'dust' ? fault.writeFailures : fault.readFailures;
    const run = `${formatPosition(first * SECTOR_SIZE)} ${formatPosition(sectorCount * SECTOR_SIZE)}`;
    yield `${PREFIX}fault ${run} ${fault.mode}${count ? ` ${count}` : ''}`;
  }
}

/** Collects the annotations of a mapfile from its comment lines. */
export class AnnotationReader implements MediumAnnotations {
  readonly faults = new RangeSet();
  enabled = true;
  quiet = false;

  /**
   * Reads the scanner's current line.
   * @returns false if it is a comment of another program or of a person
   * @throws RemapError `EINVAL` naming the line if it is one of ours and damaged
   */
  read(scanner: LineScanner): boolean {
    const { text } = scanner;
    if (!text.startsWith(PREFIX)) return false;
    const [kind, ...words] = text.slice(PREFIX.length).trim().split(/\s+/);
    if (kind === 'medium') this.#readMedium(words, scanner);
    else if (kind === 'fault') this.#readFault(words, scanner);
    else throw scanner.invalid(`'${kind}' is not something that is said of a medium`);
    return true;
  }

  #readMedium(words: readonly string[], scanner: LineScanner): void {
    for (const word of words) {
      if (word === 'disabled') this.enabled = false;
      else if (word === 'quiet') this.quiet = true;
      else throw scanner.invalid(`'${word}' is not a state of a medium`);
    }
  }

  #readFault(words: readonly string[], scanner: LineScanner): void {
    const [position, size, mode, count = '0', ...more] = words;
    const first = sectorsOf(position);
    const sectorCount = sectorsOf(size);
    const failures = /^\d{1,3}$/.test(count) ? Number(count) : Number.NaN;
    const isWrong =
      !Number.isSafeInteger(first + sectorCount) || sectorCount === 0 || !(failures <= MAX_FAILURE_COUNT);
    if (isWrong || more.length > 0 || (mode !== 'dust' && mode !== 'error')) {
      throw scanner.invalid(
        'a fault is a position and a size in bytes, dust or error, and a count up to 255',
      );
    }
    const tag = tagOfFault(
      mode === 'dust' ? { mode, writeFailures: failures } : { mode, readFailures: failures },
    );
    if (tag === ERROR_TAG) this.faults.remove(first, sectorCount);
    else this.faults.add(first, sectorCount, tag);
  }
}

/** A hexadecimal number of bytes as sectors; `NaN` if the word isn't one, or they aren't whole sectors. */
function sectorsOf(bytes: string | undefined): number {
  if (bytes === undefined || !/^0x[0-9A-Fa-f]{1,14}$/.test(bytes)) return Number.NaN;
  const sectors = Number(bytes) / SECTOR_SIZE;
  return Number.isSafeInteger(sectors) ? sectors : Number.NaN;
}
