import { SECTOR_SIZE } from '../../block/blockDevice';
import type { SectorRange } from '../../errors';
import type { Doubt } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import type { ClusterVolume } from './clusterVolume';
import { fitsVolume, type SectorRun, spaceRuns } from './fileRecords';
import type { FolderEntry } from './folderEntry';

const SLOT_BYTES = 32;
const CHUNK_SECTORS = 64;

/** How the folders of a file system are written. */
export interface FolderFormat {
  readonly volume: ClusterVolume;
  readonly root: FolderEntry;
  /** No folder is longer. */
  readonly folderSectors: number;
  parser(onDoubt: (doubt: Doubt) => void): SlotParser;
  /** Whether what lies in a folder's first cluster is what the entry of a folder would have there. */
  confirmsFolder(entry: FolderEntry): Promise<boolean>;
}

/** Makes entries from the slots of a folder, which it gets in their order. */
export interface SlotParser {
  /** @param byteOffset the place of the slot on the volume */
  take(slot: Uint8Array, byteOffset: number): FolderEntry | 'end' | null;
  /** Tells that slots were lost before the next one. */
  lose(): void;
  /** The folder has no further slot. */
  finish(): void;
}

interface Chunk {
  readonly sector: number;
  readonly bytes: Uint8Array;
  readonly unreadable: ReadonlySet<number>;
}

/**
 * The entries of a folder, streaming. A sector that can't be read may have held the mark at which the folder ends, and
 * what comes after it may be left over from before: from there on an entry counts only where nothing speaks against it.
 */
export async function* folderEntries(
  format: FolderFormat,
  folder: FolderEntry,
  onDoubt: (doubt: Doubt) => void,
): AsyncGenerator<FolderEntry[]> {
  const { reader } = format.volume;
  const lost: number[] = [];
  let cleanEnd = true;
  let passed = 0;
  const parser = format.parser(onDoubt);
  const told = () => {
    parser.finish();
    if (lost.length > 0) onDoubt(reader.unreadable(lost, `part of the folder ${folder.name || '/'}`).doubt);
  };
  for await (const { sector, bytes, unreadable } of chunksOf(format, folder, onDoubt)) {
    const batch: FolderEntry[] = [];
    let isEnd = false;
    for (let at = 0; at < bytes.length && !isEnd; at += SLOT_BYTES) {
      if (at % SECTOR_SIZE === 0) passed++;
      const here = sector + Math.floor(at / SECTOR_SIZE);
      if (unreadable.has(here)) {
        if (lost.length === 0) cleanEnd = await hasCleanEnd(format, folder, passed);
        lost.push(here);
        parser.lose();
        at += SECTOR_SIZE - SLOT_BYTES;
        continue;
      }
      const entry = parser.take(bytes.subarray(at, at + SLOT_BYTES), sector * SECTOR_SIZE + at);
      if (entry === 'end') isEnd = true;
      else if (entry) batch.push(lost.length > 0 ? await judged(format, entry, cleanEnd, lost) : entry);
    }
    if (batch.length > 0) yield batch;
    if (isEnd) break;
  }
  told();
}

/** An entry after a gap as it is, or without its space where it may be left over. */
async function judged(
  format: FolderFormat,
  entry: FolderEntry,
  cleanEnd: boolean,
  lost: readonly number[],
): Promise<FolderEntry> {
  if (cleanEnd && (await fitsVolume(format.volume, entry))) {
    if (entry.kind !== 'dir' || (await format.confirmsFolder(entry))) return entry;
  }
  const { doubt } = format.volume.reader.unreadable(lost, 'what may be the end of its folder');
  return { ...entry, space: null, attached: [], doubts: [...entry.doubts, doubt] };
}

/** Whether all that can be read after the folder's end, beyond the first sectors, is zeros: nothing is left over there. */
async function hasCleanEnd(format: FolderFormat, folder: FolderEntry, skipped: number): Promise<boolean> {
  let passed = 0;
  let isEnd = false;
  for await (const { sector, bytes, unreadable } of chunksOf(format, folder, () => {})) {
    for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
      if (at % SECTOR_SIZE === 0) passed++;
      if (passed <= skipped || unreadable.has(sector + Math.floor(at / SECTOR_SIZE))) continue;
      if (bytes[at] === 0) isEnd = true;
      if (isEnd && bytes.subarray(at, at + SLOT_BYTES).some((byte) => byte !== 0)) return false;
    }
  }
  return true;
}

/** What can be read of a folder, in its order; tells where its chain breaks. */
async function* chunksOf(
  format: FolderFormat,
  folder: FolderEntry,
  onDoubt: (doubt: Doubt) => void,
): AsyncGenerator<Chunk> {
  const what = `the folder ${folder.name || '/'}`;
  const onChainDoubt = ({ reason, ranges }: Doubt) => onDoubt({ reason: `${what}: ${reason}`, ranges });
  const { volume } = format;
  let left = format.folderSectors;
  for await (const runs of spaceRuns(volume, folder.space, null, onChainDoubt, left + 1)) {
    for (const [sector, sectorCount] of piecesOf(runs)) {
      const count = Math.min(sectorCount, left);
      if (count === 0) return onDoubt({ reason: `${what} is longer than a folder can be`, ranges: [] });
      left -= count;
      try {
        const length = count * SECTOR_SIZE;
        const { bytes, unreadable } = await volume.reader.whatCanBeRead(sector * SECTOR_SIZE, length, what);
        yield { sector, bytes, unreadable: new Set(unreadable) };
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error;
        return onDoubt(error.doubt);
      }
    }
  }
}

function* piecesOf(runs: readonly SectorRun[]): Generator<SectorRange> {
  for (const { sector, sectorCount } of runs)
    for (let at = 0; at < sectorCount; at += CHUNK_SECTORS)
      yield [sector + at, Math.min(CHUNK_SECTORS, sectorCount - at)];
}
