import { RemapError } from '../errors';
import { type Dialect, TARGET_NAME } from './status';
import { escapeWord, parseU64, splitLine, unescapeWord } from './tableWords';

/** One line of `dmsetup table`: a target with its arguments, blanks in these unescaped. */
export interface TableLine {
  readonly startSector: number;
  readonly sectorCount: number;
  readonly target: string;
  readonly args: readonly string[];
}

/** The table of a dm-remap device. Its length is main's size: the kernel ignores the one given. */
export interface RemapTableLine {
  readonly sectorCount: number;
  readonly mainPath: string;
  readonly sparePath: string;
}

/**
 * Reads any table line: `<start> <length> <target> [<arg>…]`.
 * @throws RemapError `EINVAL`
 */
export function parseTableLine(text: string): TableLine {
  const [start, count, target, ...args] = splitLine(text, 'a table line').map(unescapeWord);
  if (target === undefined) {
    throw new RemapError('EINVAL', 'a table line begins with start sector, sector count and target');
  }
  return {
    startSector: parseSectors(start!, 'start'),
    sectorCount: parseSectors(count!, 'length'),
    target,
    args,
  };
}

/**
 * A table line without newline; blanks and control characters in words are escaped, so that it always parses.
 * @throws RemapError `EINVAL` for an empty word or a number that is no sector
 */
export function formatTableLine({ startSector, sectorCount, target, args }: TableLine): string {
  const words = [target, ...args];
  if (words.includes('')) throw new RemapError('EINVAL', `a ${target} table line can't hold an empty word`);
  for (const sectors of [startSector, sectorCount]) {
    if (!Number.isSafeInteger(sectors) || sectors < 0) {
      throw new RemapError('EINVAL', `a table line counts in whole sectors, not in ${sectors}`);
    }
  }
  return [startSector, sectorCount, ...words.map(escapeWord)].join(' ');
}

/**
 * Reads the table line of a dm-remap device; v4.0.3 prints the target's name twice, which is accepted.
 * @throws RemapError `EINVAL`, with the kernel's text for a wrong number of arguments
 */
export function parseRemapTable(text: string): RemapTableLine {
  const line = parseTableLine(text);
  if (line.target !== TARGET_NAME) {
    throw new RemapError('EINVAL', `the table line is for target ${line.target}, not ${TARGET_NAME}`);
  }
  if (line.startSector !== 0) {
    throw new RemapError('EINVAL', `a ${TARGET_NAME} device starts at sector 0, not ${line.startSector}`);
  }
  const isDoubled = line.args.length === 3 && line.args[0] === TARGET_NAME;
  const { mainPath, sparePath } = parseRemapArguments(isDoubled ? line.args.slice(1) : line.args);
  return { sectorCount: line.sectorCount, mainPath, sparePath };
}

/**
 * Reads the target's arguments: the first check of its constructor.
 * @throws RemapError `EINVAL` with the kernel's text when there are not two
 */
export function parseRemapArguments(args: readonly string[]): Pick<RemapTableLine, 'mainPath' | 'sparePath'> {
  const [mainPath, sparePath] = args;
  if (mainPath === undefined || sparePath === undefined || args.length > 2) {
    const targetError = `Invalid argument count: ${TARGET_NAME} <main_device> <spare_device>`;
    throw new RemapError('EINVAL', `${targetError} (got ${args.length})`, { targetError });
  }
  return { mainPath, sparePath };
}

/** The table line of a dm-remap device. The v4.0.3 dialect prints the target's name twice. */
export function formatRemapTable(table: RemapTableLine, dialect: Dialect = 'head'): string {
  const paths = [table.mainPath, table.sparePath];
  return formatTableLine({
    startSector: 0,
    sectorCount: table.sectorCount,
    target: TARGET_NAME,
    args: dialect === 'v4.0.3' ? [TARGET_NAME, ...paths] : paths,
  });
}

/** A flakey layer over the whole of a device. `behaviour` is dm-flakey's syntax after `<dev> <offset>`. */
export function formatFlakeyLine(sectorCount: number, path: string, behaviour: string): string {
  return formatTableLine({
    startSector: 0,
    sectorCount,
    target: 'flakey',
    args: [path, '0', ...splitLine(behaviour, 'a flakey layer')],
  });
}

/** A linear segment: sectors from `startSector` on come from `offset` on of the device below. */
export function formatLinearLine(
  startSector: number,
  sectorCount: number,
  path: string,
  offset: number,
): string {
  return formatTableLine({ startSector, sectorCount, target: 'linear', args: [path, String(offset)] });
}

/** A segment whose reads and writes fail. */
export function formatErrorLine(startSector: number, sectorCount: number): string {
  return formatTableLine({ startSector, sectorCount, target: 'error', args: [] });
}

/** A loop device as `losetup --list` would name it in one line: `/dev/loop0: (/path/main.img)`. */
export function formatLoopLine(loopName: string, imagePath: string): string {
  return `${loopName}: (${escapeWord(imagePath)})`;
}

function parseSectors(word: string, what: string): number {
  const value = parseU64(word);
  if (typeof value === 'number') return value;
  throw new RemapError('EINVAL', `the table line's ${what} is not a number of sectors: ${word.slice(0, 40)}`);
}
