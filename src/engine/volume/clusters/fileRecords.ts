import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt, FilePart, FileRecord } from '../volumeContracts';
import { areUsed } from './clusterStates';
import { type ClusterVolume, chainOf } from './clusterVolume';
import type { FolderEntry, Space } from './folderEntry';

/** The parts in a record; a file with more of them comes in pieces. */
const PIECE_PARTS = 16_384;
/** The runs of a chain that are followed at a time. */
const STEP_RUNS = 256;

/** The records of a file, at least one: its parts in pieces, and in the last what is not known of it. */
export async function* recordPieces(volume: ClusterVolume, entry: FolderEntry): AsyncGenerator<FileRecord> {
  const { id, kind, what, size } = entry;
  const piece = (parts: FilePart[], doubts: readonly Doubt[]): FileRecord => ({
    id,
    kind,
    ...(what !== undefined && { what }),
    size,
    parts,
    doubts,
  });
  const doubts = [...entry.doubts];
  const onDoubt = (doubt: Doubt) => doubts.push(doubt);
  let parts: FilePart[] = [];
  for await (const more of allParts(volume, entry, onDoubt)) {
    if (parts.length + more.length > PIECE_PARTS) {
      yield piece(parts, []);
      parts = [];
    }
    parts.push(...more);
  }
  yield piece(parts, doubts);
}

/** The record of a file with all its parts. */
export async function wholeRecord(volume: ClusterVolume, entry: FolderEntry): Promise<FileRecord> {
  const parts: FilePart[] = [];
  let last: FileRecord | undefined;
  for await (const piece of recordPieces(volume, entry)) {
    for (const part of piece.parts) parts.push(part);
    last = piece;
  }
  return { ...last!, parts };
}

/** Whether what an entry says fits all that the volume says of its clusters. */
export async function fitsVolume(volume: ClusterVolume, entry: FolderEntry): Promise<boolean> {
  const { size, space, attached = [] } = entry;
  const clusterBytes = volume.heap.clusterSectors * SECTOR_SIZE;
  if (space === null) return size === 0;
  const clusters = await usedClustersOf(volume, space);
  if (clusters === null) return false;
  if (size !== null && space.at === 'chain' && clusters !== Math.ceil(size / clusterBytes)) return false;
  for (const { space: own } of attached) if ((await usedClustersOf(volume, own)) === null) return false;
  return true;
}

/** The clusters of a space that holds together, all of them in use; else null. */
async function usedClustersOf(volume: ClusterVolume, space: Space): Promise<number | null> {
  if (space.at === 'area') return 0;
  if (space.at === 'run') {
    const { first, count } = space;
    const isInside = volume.heap.contains(first) && volume.heap.contains(first + count - 1);
    return isInside && (await areUsed(volume.states, first, count)) ? count : null;
  }
  const chain = chainOf(volume, space.first);
  for (;;) {
    const runs = await chain.runs(1024);
    for (const { first, count } of runs) if (!(await areUsed(volume.states, first, count))) return null;
    if (runs.length === 0) return chain.doubt ? null : chain.length;
  }
}

/** All parts of a file, a few hundred at a time. */
async function* allParts(
  volume: ClusterVolume,
  entry: FolderEntry,
  onDoubt: (doubt: Doubt) => void,
): AsyncGenerator<FilePart[]> {
  for await (const runs of spaceRuns(volume, entry.space, entry.size, onDoubt)) yield dataParts(entry, runs);
  for (const { what, space } of entry.attached ?? []) {
    for await (const runs of spaceRuns(volume, space, null, onDoubt))
      yield runs.map(({ sector, sectorCount }) => ({
        role: 'meta',
        what,
        sector,
        sectorCount,
        fileSector: 0,
      }));
  }
}

/** Sectors that follow one another, from the start of the volume. */
export interface SectorRun {
  readonly sector: number;
  readonly sectorCount: number;
  readonly fileSector: number;
}

/**
 * The runs of a space, in sectors from the start of the volume; tells when they are fewer than a file's size needs.
 * @param limitSectors after how many sectors a chain is not followed any further
 */
export async function* spaceRuns(
  volume: ClusterVolume,
  space: Space | null,
  size: number | null,
  onDoubt: (doubt: Doubt) => void,
  limitSectors = Number.POSITIVE_INFINITY,
): AsyncGenerator<SectorRun[]> {
  if (space === null) return;
  const { heap } = volume;
  const unit = heap.clusterSectors;
  if (space.at === 'area') {
    yield [{ sector: space.sector, sectorCount: space.sectorCount, fileSector: 0 }];
  } else if (space.at === 'run') {
    const { first, count } = space;
    if (heap.contains(first) && heap.contains(first + count - 1))
      yield [{ sector: heap.sectorOf(first), sectorCount: count * unit, fileSector: 0 }];
    else onDoubt({ reason: `its clusters ${first} to ${first + count - 1} do not all exist`, ranges: [] });
  } else {
    const chain = chainOf(volume, space.first, Math.ceil(limitSectors / unit));
    while (!chain.isAtEnd) {
      const runs = await chain.runs(STEP_RUNS);
      yield runs.map(({ first, count, index }) => ({
        sector: heap.sectorOf(first),
        sectorCount: count * unit,
        fileSector: index * unit,
      }));
    }
    if (chain.doubt) onDoubt(chain.doubt);
    else if (size !== null && chain.length * unit * SECTOR_SIZE < size)
      onDoubt({ reason: 'its chain of clusters ends before its size is reached', ranges: chain.lastPlaces });
  }
}

/** Cuts runs where what was written ends, and where the file ends. */
function dataParts({ size, writtenBytes }: FolderEntry, runs: readonly SectorRun[]): FilePart[] {
  if (size === null || writtenBytes === undefined || writtenBytes === size)
    return runs.map((run) => ({ role: 'data', ...run }));
  const written = Math.ceil(writtenBytes / SECTOR_SIZE);
  const allocated = Math.max(written, Math.ceil(size / SECTOR_SIZE));
  const parts: FilePart[] = [];
  for (const { sector, sectorCount, fileSector } of runs) {
    const end = fileSector + sectorCount;
    let at = fileSector;
    for (const [role, cut] of [
      ['data', written],
      ['unwritten', allocated],
      ['data', end],
    ] as const) {
      const to = Math.min(Math.max(cut, at), end);
      if (to > at)
        parts.push({ role, sector: sector + at - fileSector, sectorCount: to - at, fileSector: at });
      at = to;
    }
  }
  return parts;
}
