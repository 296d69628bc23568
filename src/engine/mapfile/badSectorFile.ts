import { SECTOR_SIZE } from '../block/blockDevice';
import { type MediumFault, tagOfFault } from '../block/mediumFault';
import { RangeSet } from '../block/rangeSet';
import { atOnce } from '../concurrency/slices';
import { isDustMessage } from '../dmsetup/dustMessages';
import { RemapError } from '../errors';
import { BADBLOCKS_BLOCK_SIZE, NO_BLOCKS, parseBlockList } from './blockList';
import { parseDustScript } from './dustScript';
import { LineScanner } from './lineScanner';
import { readMapfile } from './mapfileParser';
import { isMdadmLine, parseMdadmList } from './mdadmList';
import { mediumOf } from './mediumState';
import { isTableLine, parseSegmentTable, type TableFaults } from './segmentTable';

/**
 * `blocks` is a list of bare numbers: of badblocks, or of dm-dust. `dust` is a script of dm-dust messages, `table` what
 * `dmsetup table` prints, `mdadm` what `mdadm --examine-badblocks` does.
 */
export type BadSectorFormat = 'mapfile' | 'blocks' | 'dust' | 'table' | 'mdadm';

export interface BadSectorOptions {
  /** Size of the device; sectors outside it are refused. */
  readonly sectorCount: number;
  /**
   * Bytes of a block in a list of bare numbers, or in a script that holds no table of dm-dust. If absent: 1024 in a
   * list, as with badblocks, 512 in a script. The other formats have a unit of their own.
   */
  readonly blockSize?: number | undefined;
  /** How sectors fail where the file doesn't say it; absent: always. */
  readonly fault?: MediumFault;
}

/**
 * Reads what the text of a file says of a disk, in any of the formats.
 * @param path the file's name, for errors
 * @returns the bad sectors, tagged with their faults, and the flakey layer of a table
 * @throws RemapError `EINVAL` for a file in none of these formats, with an error in a line (`details.line`), or with
 * sectors outside the device
 */
export function parseBadSectors(
  bytes: Uint8Array,
  options: BadSectorOptions & { readonly path: string },
): TableFaults {
  const { path, sectorCount, blockSize } = options;
  const tag = tagOfFault(options.fault ?? { mode: 'error' });
  const place = { path, sectorCount };
  switch (detectFormat(bytes, path)) {
    case 'mapfile': {
      const mapfile = atOnce(readMapfile(bytes, { path, badEnd: sectorCount * SECTOR_SIZE }));
      const { badSectors } = atOnce(mediumOf(mapfile, sectorCount));
      return { badSectors: retagged(badSectors, tag) };
    }
    case 'blocks':
      return {
        badSectors: parseBlockList(bytes, { ...place, tag, blockSize: blockSize ?? BADBLOCKS_BLOCK_SIZE }),
      };
    case 'dust':
      return { badSectors: parseDustScript(bytes, { ...place, blockSize }) };
    case 'table':
      return parseSegmentTable(bytes, { ...place, tag });
    case 'mdadm':
      return { badSectors: parseMdadmList(bytes, { ...place, tag }) };
  }
}

const STATUS_LINE = /^\+?(0x[0-9a-f]*|\d+)\s*[?*/FG+-](\s|$)/i;
const BLOCK_NUMBER = /^\d+(\s|$)/;

/**
 * Tells the formats apart by the first line that fits one of them; a table with messages of dm-dust after it is a
 * script. An empty file is an empty list.
 * @throws RemapError `EINVAL` if no line fits, naming the first
 */
export function detectFormat(bytes: Uint8Array, path: string): BadSectorFormat {
  const scanner = new LineScanner(bytes, path);
  if (bytes.subarray(0, 4096).includes(0)) throw noFormat(path, 'it is no text', {});
  let firstText: string | undefined;
  let firstLine = 0;
  let hasTable = false;
  while (scanner.nextEntry()) {
    const text = scanner.rest;
    const format = formatOf(text);
    if (format === 'table') hasTable = true;
    else if (format !== undefined && (!hasTable || format === 'dust')) return format;
    firstText ??= text;
    firstLine ||= scanner.line;
  }
  if (hasTable) return 'table';
  if (firstText === undefined) return 'blocks';
  const problem = `line ${firstLine} is '${firstText.slice(0, 80)}'`;
  throw noFormat(path, problem, { line: firstLine });
}

function formatOf(line: string): BadSectorFormat | undefined {
  if (STATUS_LINE.test(line)) return 'mapfile';
  if (isTableLine(line)) return 'table';
  if (isMdadmLine(line)) return 'mdadm';
  if (BLOCK_NUMBER.test(line) || line === NO_BLOCKS) return 'blocks';
  return line.split(/[\s"']+/).some(isDustMessage) ? 'dust' : undefined;
}

function noFormat(path: string, problem: string, details: { readonly line?: number }): RemapError {
  return new RemapError(
    'EINVAL',
    `${path} lists no bad sectors: it is neither a ddrescue mapfile, a list of badblocks, dm-dust or mdadm, nor a table of dmsetup; ${problem}`,
    { path, ...details },
  );
}

/** Gives the sectors without a fault of their own the one that was asked for. */
function retagged(badSectors: RangeSet, tag: number): RangeSet {
  const result = new RangeSet();
  for (const run of badSectors.tagged()) result.add(run.first, run.sectorCount, run.tag || tag);
  return result;
}
