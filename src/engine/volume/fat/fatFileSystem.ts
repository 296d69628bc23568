import { SECTOR_SIZE } from '../../block/blockDevice';
import { AllocationTable } from '../clusters/allocationTable';
import { ClusterFileSystem } from '../clusters/clusterFileSystem';
import { ClusterHeap } from '../clusters/clusterHeap';
import type { ClusterVolume } from '../clusters/clusterVolume';
import type { FolderEntry } from '../clusters/folderEntry';
import type { FolderFormat, SlotParser } from '../clusters/folderReader';
import type { FileSystem } from '../volumeContracts';
import { UnreadableError, type VolumeReader } from '../volumeReader';
import { type FatBoot, readFatBoot } from './fatBoot';
import { FatSlotParser, firstCluster, isDots, labelIn } from './fatFolder';
import { fatStructures } from './fatLayout';
import { FatStates } from './fatStates';

const SLOT_BYTES = 32;
/** A folder has at most 65,536 entries. */
const FOLDER_SECTORS = (65_536 * SLOT_BYTES) / SECTOR_SIZE;
/** So much of the root folder is looked through for the label. */
const LABEL_SECTORS = 64;

/**
 * Opens a FAT12, FAT16 or FAT32 volume. Reads its boot sector, the begin of the FAT and of the root folder.
 * @returns null when it is no FAT, or when its boot sector can't be read and has no backup
 */
export async function openFat(reader: VolumeReader): Promise<FileSystem | null> {
  const found = await readFatBoot(reader);
  if (!found) return null;
  const { boot } = found;
  const notes = ['FAT keeps no checksums: what it says is only checked for being possible'];
  if (found.fromBackup) notes.push('the boot sector can’t be read; its backup at sector 6 was used');
  if (boot.sectorCount > reader.sectorCount)
    notes.push(
      `the file system is longer than its volume, by ${boot.sectorCount - reader.sectorCount} sectors`,
    );
  const format = new FatFormat(reader, boot);
  const unclean = await uncleanNote(format.volume.table);
  if (unclean) notes.push(unclean);
  return new ClusterFileSystem(format, {
    kind: `fat${boot.entryBits}`,
    label: (await rootLabel(reader, format)) ?? boot.label,
    sectorCount: boot.sectorCount,
    structures: fatStructures(boot, format.volume.heap.endSector),
    notes: () => [...notes, ...format.notes()],
  });
}

/** How folders are written in FAT, and where the parts of the volume are. */
class FatFormat implements FolderFormat {
  readonly volume: ClusterVolume;
  readonly root: FolderEntry;
  readonly folderSectors = FOLDER_SECTORS;
  #usesCodePage = false;

  constructor(
    private readonly reader: VolumeReader,
    private readonly boot: FatBoot,
  ) {
    const { entryBits, clusterCount } = boot;
    const mask = entryBits === 32 ? 0x0fff_ffff : 2 ** entryBits - 1;
    const marks = { endFrom: mask - 7, bad: mask - 8 };
    const copies = tableCopies(boot);
    const table = new AllocationTable(reader, { entryBits, mask, entryCount: clusterCount + 2, copies });
    const heap = new ClusterHeap(boot.heapStart, boot.clusterSectors, clusterCount);
    this.volume = { reader, heap, table, marks, states: new FatStates(table, marks.bad) };
    const { rootStart, rootSectors, rootCluster } = boot;
    this.root = {
      id: 0,
      kind: 'dir',
      name: '',
      size: null,
      space:
        entryBits === 32
          ? { at: 'chain', first: rootCluster }
          : { at: 'area', sector: rootStart, sectorCount: rootSectors },
      doubts: [],
    };
  }

  parser(): SlotParser {
    return new FatSlotParser(this.boot.entryBits === 32, this.reader, () => {
      this.#usesCodePage = true;
    });
  }

  /** A folder begins with an entry for itself. */
  async confirmsFolder({ space }: FolderEntry): Promise<boolean> {
    if (space?.at !== 'chain') return false;
    try {
      const first = this.volume.heap.sectorOf(space.first);
      const slot = (await this.reader.sectors(first, 1, 'a folder')).subarray(0, SLOT_BYTES);
      return (
        isDots(slot) && slot[1] === 0x20 && firstCluster(slot, this.boot.entryBits === 32) === space.first
      );
    } catch (error) {
      if (error instanceof UnreadableError) return false;
      throw error;
    }
  }

  /** What came to light while the volume was read. */
  notes(): string[] {
    const { differsAt, usedOtherCopy } = this.volume.table;
    const notes: string[] = [];
    if (usedOtherCopy) notes.push('part of a FAT can’t be read; its other copy was used');
    if (differsAt !== null)
      notes.push(`the copies of the FAT differ, first at sector ${differsAt}: the first copy is believed`);
    if (this.#usesCodePage)
      notes.push('some short names are shown as in code page 437, and may have been written in another');
    return notes;
  }
}

/** The byte offsets of the FATs that are kept alike, or of the only one that counts. */
function tableCopies({ activeTable, tableCount, tableStart, tableSectors }: FatBoot): number[] {
  const offset = (table: number) => (tableStart + table * tableSectors) * SECTOR_SIZE;
  if (activeTable !== null) return [offset(activeTable)];
  return Array.from({ length: tableCount }, (_, table) => offset(table));
}

/** The second entry of the FAT tells whether the volume was unmounted; FAT12 has no such mark. */
async function uncleanNote(table: AllocationTable): Promise<string | null> {
  const { entryBits } = table.shape;
  if (entryBits === 12) return null;
  const entry = await table.entry(1);
  const isClean = entry < 0 || Math.floor(entry / 2 ** (entryBits === 16 ? 15 : 27)) % 2 === 1;
  return isClean
    ? null
    : 'the volume was not unmounted: what was written last may be missing from its structures';
}

/** The label that the root folder keeps, which counts more than that of the boot sector. */
async function rootLabel(reader: VolumeReader, { volume, root }: FatFormat): Promise<string | null> {
  const { heap } = volume;
  const { space } = root;
  if (space?.at === 'chain' && !heap.contains(space.first)) return null;
  const [sector, count] =
    space?.at === 'area'
      ? [space.sector, space.sectorCount]
      : [heap.sectorOf(space!.first), heap.clusterSectors];
  try {
    const length = Math.min(count, LABEL_SECTORS);
    const { bytes, unreadable } = await reader.whatCanBeRead(
      sector * SECTOR_SIZE,
      length * SECTOR_SIZE,
      'the root',
    );
    for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
      if (unreadable.includes(sector + Math.floor(at / SECTOR_SIZE))) return null;
      if (bytes[at] === 0) return null;
      const label = labelIn(bytes.subarray(at, at + SLOT_BYTES));
      if (label !== null) return label;
    }
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
  }
  return null;
}
