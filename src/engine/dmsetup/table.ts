import { RemapError } from '../errors';
import { DUST_BLOCK_SIZE } from './dustMessages';
import { type Dialect, TARGET_NAME } from './status';
import { escapeWord, splitLine } from './tableWords';

/** One line of `dmsetup table`: a target with its arguments, blanks in these unescaped. */
interface TableLine {
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
 * A table line without newline; blanks and control characters in words are escaped, so that it always parses.
 * @throws RemapError `EINVAL` for an empty word or a number that is no sector
 */
function formatTableLine({ startSector, sectorCount, target, args }: TableLine): string {
  const words = [target, ...args];
  if (words.includes('')) throw new RemapError('EINVAL', `a ${target} table line can't hold an empty word`);
  for (const sectors of [startSector, sectorCount]) {
    if (!Number.isSafeInteger(sectors) || sectors < 0) {
      throw new RemapError('EINVAL', `a table line counts in whole sectors, not in ${sectors}`);
    }
  }
  return [startSector, sectorCount, ...words.map(escapeWord)].join(' ');
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

/** A dm-dust layer over the whole of a device, with blocks of one sector. */
export function formatDustLine(sectorCount: number, path: string): string {
  return formatTableLine({
    startSector: 0,
    sectorCount,
    target: 'dust',
    args: [path, '0', String(DUST_BLOCK_SIZE)],
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
