import type { BlockDevice, Clock } from '../block/blockDevice';
import { type ErrorDetails, RemapError } from '../errors';
import { RECORDS_PER_SECTOR } from './codec/tableSector';
import { METADATA_SECTORS, STRUCTURE_BYTES, v4Header } from './codec/v4';
import type { Copy } from './copy';
import { type CopyCollection, type CopyRead, readCopies } from './copyReader';
import { unknownCopies } from './copySet';
import { type CopyReport, reportCopy } from './inspect';
import { MetadataState } from './metadataState';
import { isFromTheFuture, timeText } from './obstacle';
import { namedSpareSectors, refuseShort } from './spareSize';
import { EMPTY_TABLE, isSound, type TableState } from './tableExtents';

/** The five copies as they were found. */
export interface OpenedCopies {
  readonly newest: MetadataState;
  readonly copies: Copy[];
  readonly reports: readonly CopyReport[];
  readonly highestSequence: bigint;
  /** The size that the metadata gave their spare, in sectors; null where they don't say. */
  readonly namedSectorCount: number | null;
}

/**
 * Reads the copies and refuses what must not be used (R8).
 * @throws RemapError as {@link MetadataStore.open} has it
 */
export async function openCopies(
  spare: BlockDevice,
  options: { readonly mainSectorCount: number; readonly clock: Clock; readonly readOnly?: boolean },
): Promise<OpenedCopies> {
  const collection = await readCopies(spare, options.clock.now());
  if (!options.readOnly) refuseShort(collection, spare.sectorCount);
  if (collection.winner === null) throw noCopy(collection, options.clock.now());
  const newest = MetadataState.of(collection.copies[collection.winner]!.bytes);
  refuseOtherMain(newest, options.mainSectorCount);
  if (!options.readOnly) refuseUnreadableExtras(newest);
  refuseBrokenTable(newest, spare.sectorCount);
  return {
    newest,
    copies: unknownCopies().map((copy) =>
      describe(copy, collection.copies[copy.index]!, newest, spare.sectorCount),
    ),
    reports: collection.copies.map(reportCopy),
    highestSequence: collection.highestSequence,
    namedSectorCount: namedSpareSectors(collection, spare.sectorCount),
  };
}

/** Why a valid copy doesn't win. */
const NEVER_CHOSEN = 'its sequence number and its time stamp are 0';

function describe(
  copy: Copy,
  { verdict, bytes }: CopyRead,
  newest: MetadataState,
  sectorCount: number,
): Copy {
  const isSealed = verdict.valid || verdict.sealed === true;
  const state = isSameStructure(bytes, newest.bytes) ? newest : MetadataState.of(bytes, newest);
  const table = isSealed ? state.table : EMPTY_TABLE;
  return {
    ...copy,
    state: verdict.valid ? state : undefined,
    mayName: isPossible(table, sectorCount) ? [table] : [],
    isBeingRenewed: false,
    isScript: copy.index === 0 && !verdict.valid && verdict.reason === 'script',
  };
}

function isPossible(table: TableState, sectorCount: number): boolean {
  return isSound(table, METADATA_SECTORS, sectorCount, RECORDS_PER_SECTOR);
}

function isSameStructure(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  return Buffer.compare(a.subarray(0, STRUCTURE_BYTES), b.subarray(0, STRUCTURE_BYTES)) === 0;
}

function refuseOtherMain({ bytes }: MetadataState, mainSectorCount: number): void {
  const named = Number(v4Header.get(bytes, 'main_device_sectors'));
  if (named === mainSectorCount) return;
  throw new RemapError(
    'EINVAL',
    `the spare's metadata belong to a main of ${named} sectors, and this one has ${mainSectorCount}`,
    { expected: named, actual: mainSectorCount },
  );
}

function refuseUnreadableExtras({ extrasState: { kind } }: MetadataState): void {
  if (kind === 'newer') {
    throw new RemapError(
      'EINVAL',
      "a newer version of this extension wrote the spare's metadata; this one can only open it read-only",
    );
  }
  if (kind === 'damaged') {
    throw new RemapError(
      'EINVAL',
      "something else has changed this extension's part of the spare's metadata, so remaps may be missing; it can only be opened read-only",
    );
  }
}

function refuseBrokenTable({ table }: MetadataState, sectorCount: number): void {
  if (isPossible(table, sectorCount)) return;
  throw new RemapError(
    'EINVAL',
    `the spare's metadata name a large remap table that can't be on a spare of ${sectorCount} sectors: has the spare been cut short?`,
    { sectorCount },
  );
}

/** Copies that only the clock rules out are no reason to format anything: the clock is. */
function clockIsWrong(reports: readonly CopyReport[], details: ErrorDetails, nowMs: number): RemapError {
  const newest = Math.max(...reports.filter(isFromTheFuture).map(({ timestamp }) => timestamp ?? 0));
  const now = Math.floor(nowMs / 1000);
  return new RemapError(
    'EINVAL',
    `the metadata on the spare are from ${timeText(newest)}, and this computer's clock says ${timeText(now)}: copies from more than a day ahead don't count, so set the clock right`,
    { ...details, timestamp: newest, now },
  );
}

function noCopy({ kind, copies }: CopyCollection, nowMs: number): RemapError {
  const reports = copies.map(reportCopy);
  const details = { kind, copies: reports };
  switch (kind) {
    case 'blank':
      return new RemapError('ENODATA', 'the spare is blank: format it before its first use', details);
    case 'script':
      return new RemapError(
        'ENODATA',
        "the spare holds the paths that dm-remap's scripts write, but no remap table: format it before its first use",
        details,
      );
    case 'foreign':
      return new RemapError(
        'EINVAL',
        'the spare holds data that are not remap metadata: format it with force if they may be lost',
        details,
      );
    default: {
      if (reports.some(isFromTheFuture)) return clockIsWrong(reports, details, nowMs);
      const reasons = reports
        .map(({ index, detail = NEVER_CHOSEN }) => `copy ${index}: ${detail}`)
        .join('; ');
      const cause = copies.find(({ error }) => error !== undefined)?.error;
      const code = kind === 'unreadable' ? 'EIO' : 'ENODATA';
      return new RemapError(code, `none of the five metadata copies is intact (${reasons})`, details, {
        cause,
      });
    }
  }
}
