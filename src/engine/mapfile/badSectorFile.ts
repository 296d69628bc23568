import { SECTOR_SIZE } from '../block/blockDevice';
import { type MediumFault, tagOfFault } from '../block/mediumFault';
import { RangeSet } from '../block/rangeSet';
import { isDustMessage } from '../dmsetup/dustMessages';
import { RemapError } from '../errors';
import { BADBLOCKS_BLOCK_SIZE, parseBlockList } from './blockList';
import { DUST_BLOCK_SIZE, parseDustScript } from './dustScript';
import { LineScanner } from './lineScanner';
import { parseMapfile } from './mapfileParser';
import { mediumOf } from './mediumState';
import { readTextFile } from './textFile';

/** `blocks` is a list of bare numbers: of badblocks, or of dm-dust. */
export type BadSectorFormat = 'mapfile' | 'blocks' | 'dust';

export interface BadSectorOptions {
  /** Size of the device; sectors outside it are refused. */
  readonly sectorCount: number;
  /** Bytes of a block in a list or script. If absent: 1024 in a list, as with badblocks, 512 in a script. */
  readonly blockSize?: number;
  /** How sectors fail where the file doesn't say it; absent: always. */
  readonly fault?: MediumFault;
}

/**
 * Reads the bad sectors that a file names, in any of the formats: a rescue map, a list of badblocks or dm-dust, a dm-dust
 * script.
 * @returns the sectors, tagged with their faults
 * @throws RemapError the code of the failed file operation, `ENOENT` for instance; `EINVAL` for a file in none of these formats,
 * with an error in a line (`details.line`), or with sectors outside the device
 */
export async function readBadSectors(path: string, options: BadSectorOptions): Promise<RangeSet> {
  return parseBadSectors(await readTextFile(path), { ...options, path });
}

/** As {@link readBadSectors}, from the bytes of the file. */
export function parseBadSectors(
  bytes: Uint8Array,
  options: BadSectorOptions & { readonly path: string },
): RangeSet {
  const { path, sectorCount, blockSize } = options;
  const tag = tagOfFault(options.fault ?? { mode: 'error' });
  switch (detectFormat(bytes, path)) {
    case 'mapfile': {
      const mapfile = parseMapfile(bytes, { path, badEnd: sectorCount * SECTOR_SIZE });
      const { badSectors } = mediumOf(mapfile, sectorCount);
      return retagged(badSectors, tag);
    }
    case 'blocks':
      return parseBlockList(bytes, { path, sectorCount, tag, blockSize: blockSize ?? BADBLOCKS_BLOCK_SIZE });
    case 'dust':
      return parseDustScript(bytes, { path, sectorCount, blockSize: blockSize ?? DUST_BLOCK_SIZE });
  }
}

const STATUS_LINE = /^\+?(0x[0-9a-f]*|\d+)\s*[?*/FG+-](\s|$)/i;
const BLOCK_NUMBER = /^\d+(\s|$)/;
const NO_BLOCKS = 'No blocks in badblocklist';

/**
 * Tells the formats apart by the first line that fits one of them. An empty file is an empty list.
 * @throws RemapError `EINVAL` if no line fits
 */
export function detectFormat(bytes: Uint8Array, path: string): BadSectorFormat {
  const isText = !bytes.subarray(0, 4096).includes(0);
  const scanner = new LineScanner(bytes, path);
  let isEmpty = true;
  while (isText && scanner.nextLine()) {
    scanner.skipBlanks();
    if (scanner.isAtEnd || scanner.isAtComment) continue;
    isEmpty = false;
    const text = scanner.rest;
    if (STATUS_LINE.test(text)) return 'mapfile';
    if (BLOCK_NUMBER.test(text) || text === NO_BLOCKS) return 'blocks';
    if (text.split(/[\s"']+/).some(isDustMessage)) return 'dust';
  }
  if (isText && isEmpty) return 'blocks';
  throw new RemapError(
    'EINVAL',
    `${path} lists no bad sectors: it is neither a ddrescue mapfile nor a list of badblocks or dm-dust`,
    { path },
  );
}

/** Gives the sectors without a fault of their own the one that was asked for. */
function retagged(badSectors: RangeSet, tag: number): RangeSet {
  const result = new RangeSet();
  for (const run of badSectors.tagged()) result.add(run.first, run.sectorCount, run.tag || tag);
  return result;
}
