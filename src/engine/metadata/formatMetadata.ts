import { type BlockDevice, type Clock, SECTOR_SIZE } from '../block/blockDevice';
import { isMediumFailure, RemapError } from '../errors';
import { NO_EXTRAS } from './codec/extras';
import {
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  copySector,
  freshStructure,
  METADATA_SECTORS,
  sealStructure,
  v4Header,
} from './codec/v4';
import { readCopies } from './copyReader';
import { MAX_SEQUENCE } from './stateMaker';
import { putExtras } from './structure';

/** What to write to a spare that is formatted. */
export interface FormatOptions {
  /** Size of the main that the spare is for: no other is accepted later (R8). */
  readonly mainSectorCount: number;
  readonly clock: Clock;
  /** Overwrites a spare that isn't blank. */
  readonly force?: boolean;
  readonly mainIdentity?: Uint8Array;
  readonly pool?: Uint8Array;
}

/** The sequence number of the first metadata on a blank spare, as from the kernel. */
const FIRST_SEQUENCE = 2n;
/** How many copies the first flushed wave writes; a second one writes the others. */
const FIRST_WAVE = 3;

/**
 * Writes metadata without remaps to the five copies (R8), in two flushed waves: a power loss leaves what was there or
 * what is new. The new sequence number is above any that the spare holds, if there is a higher one.
 *
 * @throws RemapError `ENOSPC` when the spare has no data sector after the copies, `EEXIST` when it isn't blank and
 * `force` isn't given
 * @throws BlockError when a copy can't be written: a spare that fails already is no spare
 */
export async function formatMetadata(spare: BlockDevice, options: FormatOptions): Promise<void> {
  const { mainSectorCount, clock, force = false } = options;
  if (spare.sectorCount <= METADATA_SECTORS) {
    throw new RemapError(
      'ENOSPC',
      `the spare has ${spare.sectorCount} sectors; the metadata take ${METADATA_SECTORS}, so at least ${METADATA_SECTORS + 1} are needed`,
      { sectorCount: spare.sectorCount, minimum: METADATA_SECTORS + 1 },
    );
  }
  if (!force) await refuseUnlessBlank(spare);
  const { highestSequence } = await readCopies(spare, clock.now());
  const structure = freshStructure({
    mainSectorCount,
    spareSectorCount: spare.sectorCount,
    sequence: nextSequence(highestSequence),
    timestamp: BigInt(Math.floor(clock.now() / 1000)),
  });
  addExtras(structure, options);
  const block = new Uint8Array(COPY_STRIDE_SECTORS * SECTOR_SIZE);
  block.set(structure);
  try {
    await writeCopies(spare, block, 0, FIRST_WAVE);
    await writeCopies(spare, block, FIRST_WAVE, COPY_COUNT);
  } catch (error) {
    if (!force) await blankMetadata(spare).catch(() => undefined);
    throw error;
  }
}

/**
 * Makes the metadata area of a spare blank again, for a format that is taken back.
 * @throws BlockError
 */
export async function blankMetadata(spare: BlockDevice): Promise<void> {
  await spare.discard(0, METADATA_SECTORS);
  await spare.flush();
}

/** After the highest number there is, the first one again: no older copy is left once all five are written. */
function nextSequence(highest: bigint): bigint {
  return highest < FIRST_SEQUENCE || highest >= MAX_SEQUENCE ? FIRST_SEQUENCE : highest + 1n;
}

function addExtras(structure: Uint8Array, { mainIdentity, pool }: FormatOptions): void {
  v4Header.put(structure, 'next_spare_sector', METADATA_SECTORS);
  putExtras(structure, { ...NO_EXTRAS, ...(mainIdentity && { mainIdentity }), ...(pool && { pool }) });
  sealStructure(structure);
}

async function writeCopies(spare: BlockDevice, block: Uint8Array, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) await spare.write(copySector(index), block);
  await spare.flush();
}

async function refuseUnlessBlank(spare: BlockDevice): Promise<void> {
  const area = new Uint8Array(METADATA_SECTORS * SECTOR_SIZE);
  try {
    await spare.read(0, area);
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    const [sector] = error.failed[0]!;
    throw new RemapError(
      'EEXIST',
      `sector ${sector} of the spare can't be read, so it can't be told whether the spare is blank; format it with force to use it all the same`,
      { sector },
      { cause: error },
    );
  }
  const used = area.findIndex((byte) => byte !== 0);
  if (used < 0) return;
  const sector = Math.floor(used / SECTOR_SIZE);
  throw new RemapError(
    'EEXIST',
    `the spare is not blank: sector ${sector} holds data; format it with force to overwrite sectors 0 to ${METADATA_SECTORS - 1}`,
    { sector },
  );
}
