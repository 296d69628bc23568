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
  /** Size of the device that the sectors are meant for; others are refused. */
  readonly sectorCount: number;
  /** Bytes a block in a list of numbers. 1024 (badblocks) if not given, in a dm-dust script 512. */
  readonly blockSize?: number;
  /** How sectors fail of which the file doesn't say it; always if not given. */
  readonly fault?: MediumFault;
}

/**
 * Reads bad sectors from whatever lists them: a ddrescue mapfile, a badblocks list, a dm-dust list or script.
 * @returns the sectors, tagged with their faults
 * @throws RemapError `ENOENT`…; `EINVAL` for a file that is none of these, has an error in a line (`details.line`), or names
 * sectors outside the device
 */
export async function readBadSectors(path: string, options: BadSectorOptions): Promise<RangeSet> {
  return parseBadSectors(await readTextFile(path), { ...options, path });
}

/** {@link readBadSectors} of a text that is already there. */
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
 * Tells the formats apart by the first line that says something. An empty file is an empty list.
 * @throws RemapError `EINVAL` if no line does
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

/** Gives sectors that fail always another fault. */
function retagged(badSectors: RangeSet, tag: number): RangeSet {
  const result = new RangeSet();
  for (const run of badSectors.tagged()) result.add(run.first, run.sectorCount, run.tag || tag);
  return result;
}
