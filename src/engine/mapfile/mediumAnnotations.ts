import { SECTOR_SIZE } from '../block/blockDevice';
import { faultOfTag, MAX_FAILURE_COUNT, type MediumFault, tagOfFault } from '../block/mediumFault';
import {
  faultTagOf,
  foundStatus,
  injectedState,
  isBad,
  isInjected,
  type SectorState,
  stateOfStatus,
  statusOf,
  withFault,
} from '../block/mediumSectors';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import type { LineScanner } from './lineScanner';
import { formatPosition, isBlockStatus } from './rescueBlocks';

/** A run whose bad sectors were all made so here. Between them may be others. */
export interface InjectedRun {
  readonly first: number;
  readonly sectorCount: number;
  /** The state in which they were found. */
  readonly found: SectorState;
  /** How many they are. Where there are more or fewer now, another program changed some, and all count as found bad. */
  readonly badCount: number;
}

/** A run whose bad sectors all fail in the same way, other than always. Between them may be others. */
export interface FaultRun {
  readonly first: number;
  readonly sectorCount: number;
  /** How they fail, as `tagOfFault` has it. */
  readonly tag: number;
  /** How many they are, as in {@link InjectedRun}: else all of them fail always. Null, in older maps: it isn't known. */
  readonly badCount: number | null;
}

/** What our comments in a rescue map say of a medium, because ddrescue's own lines can't. */
export interface MediumAnnotations {
  /** The bad sectors with a fault other than failing always. Of several runs about one sector the last counts. */
  readonly faults: readonly FaultRun[];
  /** The bad sectors that were made so here. */
  readonly injected: readonly InjectedRun[];
  /** False: no sector fails now (dm-dust's `disable`). */
  readonly enabled: boolean;
  readonly quiet: boolean;
}

/**
 * An annotation is a line like one of these:
 *
 *     # Remap Inspector: medium disabled quiet
 *     # Remap Inspector: fault 0x00010000 0x00000200 dust 3 1
 *     # Remap Inspector: injected 0x00010000 0x00000200 + 1
 *     # Remap Inspector: now 0x00010000 0x00000200 - dust 3 injected +
 *
 * with a position and a size in bytes, after a mode how many writes (dust) or reads (error) fail, and what was found
 * where a fault was injected. The first is written only for a medium that is disabled or quiet. The second and third are
 * about the bad sectors within their runs, and end with how many these are, which older versions left out of the second;
 * a bad sector in no run always fails, and was found bad. The fourth stands after all blocks and says what became of its sectors since these were written; of
 * several the last one counts.
 */
const PREFIX = '# Remap Inspector: ';

/** The lines of a medium's annotations. */
export function* formatAnnotations(annotations: MediumAnnotations): Generator<string> {
  const { enabled, quiet } = annotations;
  if (!enabled || quiet) yield `${PREFIX}medium${enabled ? '' : ' disabled'}${quiet ? ' quiet' : ''}`;
  for (const { first, sectorCount, tag, badCount } of annotations.faults) {
    const { mode, failures } = wordsOf(tag);
    const count = badCount === null ? '' : ` ${badCount}`;
    yield `${PREFIX}fault ${formatRun(first, sectorCount)} ${mode} ${failures}${count}`;
  }
  for (const { first, sectorCount, found, badCount } of annotations.injected) {
    yield `${PREFIX}injected ${formatRun(first, sectorCount)} ${foundStatus(found)} ${badCount}`;
  }
}

/** The lines that say after all blocks what became of sectors, each tagged with its state. */
export function* formatChanges(states: ReadonlyRangeSet): Generator<string> {
  for (const { first, sectorCount, tag: state } of states.tagged()) {
    const fault = isBad(state) ? ` ${formatFault(faultTagOf(state))}` : '';
    const injected = isInjected(state) ? ` injected ${foundStatus(state)}` : '';
    yield `${PREFIX}now ${formatRun(first, sectorCount)} ${statusOf(state)}${fault}${injected}`;
  }
}

/** Collects the annotations of a mapfile from its comment lines. */
export class AnnotationReader implements MediumAnnotations {
  readonly faults: FaultRun[] = [];
  readonly injected: InjectedRun[] = [];
  /** What became of sectors since the blocks were written, tagged with their states. */
  readonly changes = new RangeSet();
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
    else if (kind === 'injected') this.#readInjected(words, scanner);
    else if (kind === 'now') this.#readChange(words, scanner);
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

  #readFault([position, size, mode, failures, ...more]: readonly string[], scanner: LineScanner): void {
    const run = runOf(position, size);
    const fault = faultOf([mode, failures]);
    const [badCount = null, ...rest] = more.map(countOf);
    if (!run || !fault || Number.isNaN(badCount) || rest.length > 0) {
      throw scanner.invalid(
        'a fault is a position and a size in bytes, dust or error, a count up to 255, and how many sectors are bad',
      );
    }
    const [first, sectorCount] = run;
    this.faults.push({ first, sectorCount, tag: tagOfFault(fault), badCount });
  }

  #readInjected([position, size, found, count = '', ...more]: readonly string[], scanner: LineScanner): void {
    const run = runOf(position, size);
    const badCount = countOf(count);
    if (!run || !isBlockStatus(found) || Number.isNaN(badCount) || more.length > 0) {
      throw scanner.invalid(
        'an injected run is a position and a size in bytes, one of ? * / - +, and a count',
      );
    }
    const [first, sectorCount] = run;
    this.injected.push({ first, sectorCount, found: stateOfStatus(found), badCount });
  }

  #readChange([position, size, ...words]: readonly string[], scanner: LineScanner): void {
    const run = runOf(position, size);
    const state = changedState(words);
    if (!run || state === undefined) {
      throw scanner.invalid('a change is a position and a size in bytes, one of ? * / - +, and how it fails');
    }
    this.changes.add(...run, state);
  }
}

function formatRun(first: number, sectorCount: number): string {
  return `${formatPosition(first * SECTOR_SIZE)} ${formatPosition(sectorCount * SECTOR_SIZE)}`;
}

function formatFault(tag: number): string {
  const { mode, failures } = wordsOf(tag);
  return failures ? `${mode} ${failures}` : mode;
}

function wordsOf(tag: number): { mode: MediumFault['mode']; failures: number } {
  const fault = faultOfTag(tag);
  const failures = fault.mode === 'dust' ? fault.writeFailures : fault.readFailures;
  return { mode: fault.mode, failures: failures ?? 0 };
}

/** What the words after a run say that its sectors became; undefined if they don't make sense. */
function changedState([status, ...words]: readonly string[]): SectorState | undefined {
  if (!isBlockStatus(status)) return undefined;
  if (status !== '-') return words.length === 0 ? stateOfStatus(status) : undefined;
  const at = words.indexOf('injected');
  const fault = faultOf(at === -1 ? words : words.slice(0, at));
  if (!fault) return undefined;
  if (at === -1) return withFault(stateOfStatus('-'), tagOfFault(fault));
  const [found, ...more] = words.slice(at + 1);
  return isBlockStatus(found) && more.length === 0
    ? injectedState(stateOfStatus(found), tagOfFault(fault))
    : undefined;
}

function faultOf([mode, count = '0', ...more]: readonly (string | undefined)[]): MediumFault | undefined {
  const failures = /^\d{1,3}$/.test(count) ? Number(count) : Number.NaN;
  if (!(failures <= MAX_FAILURE_COUNT) || more.length > 0) return undefined;
  if (mode === 'dust') return { mode, writeFailures: failures };
  return mode === 'error' ? { mode, readFailures: failures } : undefined;
}

/** `NaN` if the word isn't a count. */
function countOf(word: string): number {
  return /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
}

/** The sectors of a position and a size in hexadecimal bytes; undefined if they aren't whole sectors. */
function runOf(position: string | undefined, size: string | undefined): [number, number] | undefined {
  const [first, sectorCount] = [sectorsOf(position), sectorsOf(size)];
  const isExact = Number.isSafeInteger((first + sectorCount) * SECTOR_SIZE);
  return isExact && sectorCount > 0 ? [first, sectorCount] : undefined;
}

/** A hexadecimal number of bytes as sectors; `NaN` if the word isn't one, or they aren't whole sectors. */
function sectorsOf(bytes: string | undefined): number {
  if (bytes === undefined || !/^0x[0-9A-Fa-f]{1,14}$/.test(bytes)) return Number.NaN;
  const sectors = Number(bytes) / SECTOR_SIZE;
  return Number.isSafeInteger(sectors) ? sectors : Number.NaN;
}
