import { SECTOR_SIZE } from '../../block/blockDevice';
import { AllocationTable } from '../clusters/allocationTable';
import { ClusterFileSystem } from '../clusters/clusterFileSystem';
import { ClusterHeap } from '../clusters/clusterHeap';
import type { ClusterVolume } from '../clusters/clusterVolume';
import { spaceRuns } from '../clusters/fileRecords';
import type { FolderEntry } from '../clusters/folderEntry';
import { type FolderFormat, folderEntries, type SlotParser } from '../clusters/folderReader';
import type { Doubt, FileSystem, Structure } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';
import { type BitmapRun, ExfatBitmap } from './exfatBitmap';
import { type ExfatBoot, REGION_SECTORS, readExfatBoot } from './exfatBoot';
import { ExfatSlotParser } from './exfatFolder';

const MARKS = { endFrom: 0xffff_ffff, bad: 0xffff_fff7 };
/** A folder has at most 256 MiB. */
const FOLDER_SECTORS = 2 ** 28 / SECTOR_SIZE;
/** A bitmap in more pieces than this is not followed to its end. */
const MOST_BITMAP_RUNS = 65_536;

/**
 * Opens an exFAT volume. Reads its boot region and the begin of the root folder.
 * @returns null when it is no exFAT, or when neither its boot region nor the backup can be read
 */
export async function openExfat(reader: VolumeReader): Promise<FileSystem | null> {
  const found = await readExfatBoot(reader);
  if (!found) return null;
  const { boot, backupReason } = found;
  const notes: string[] = [];
  if (backupReason) notes.push(`${backupReason}; the backup boot region was used`);
  if (boot.isDirty)
    notes.push('the volume was not unmounted: what was written last may be missing from its structures');
  if (boot.sectorCount > reader.sectorCount)
    notes.push(
      `the file system is longer than its volume, by ${boot.sectorCount - reader.sectorCount} sectors`,
    );
  const format = await ExfatFormat.open(reader, boot);
  return new ClusterFileSystem(format, {
    kind: 'exfat',
    label: format.label,
    sectorCount: boot.sectorCount,
    structures: structuresOf(boot, format.volume.heap.endSector),
    notes: () => notes,
  });
}

/** How folders are written in exFAT, and where the parts of the volume are. */
class ExfatFormat implements FolderFormat {
  readonly folderSectors = FOLDER_SECTORS;
  readonly root: FolderEntry;
  label = '';
  #volume: ClusterVolume;

  private constructor(
    private readonly reader: VolumeReader,
    private readonly boot: ExfatBoot,
  ) {
    const { clusterCount, heapStart, clusterSectors, tableStart, tableSectors, active } = boot;
    const table = new AllocationTable(reader, {
      entryBits: 32,
      mask: 0xffff_ffff,
      entryCount: clusterCount + 2,
      // The other FAT of two is an older state, and no copy.
      copies: [(tableStart + active * tableSectors) * SECTOR_SIZE],
    });
    const heap = new ClusterHeap(heapStart, clusterSectors, clusterCount);
    const reason = 'the allocation bitmap has not been found';
    const states = new ExfatBitmap(reader, table, MARKS.bad, [], 0, { reason, ranges: [] });
    this.#volume = { reader, heap, table, marks: MARKS, states };
    const space = { at: 'chain', first: boot.rootCluster } as const;
    this.root = { id: 0, kind: 'dir', name: '', size: null, space, doubts: [] };
  }

  /** Finds the bitmap, which the root folder names. */
  static async open(reader: VolumeReader, boot: ExfatBoot): Promise<ExfatFormat> {
    const format = new ExfatFormat(reader, boot);
    const doubts: Doubt[] = [];
    const bitmap = await format.#findBitmap((doubt) => doubts.push(doubt));
    const runs: BitmapRun[] = [];
    if (bitmap) {
      const onDoubt = (doubt: Doubt) => doubts.push(doubt);
      // The bitmap may be longer than it needs to be.
      const length = Math.ceil(boot.clusterCount / 8 / SECTOR_SIZE);
      for await (const more of spaceRuns(format.#volume, bitmap.space, null, onDoubt, length)) {
        runs.push(...more);
        if (runs.length >= MOST_BITMAP_RUNS) break;
      }
    }
    const doubt = doubts.at(-1) ?? { reason: 'the allocation bitmap is missing or too short', ranges: [] };
    const { table } = format.#volume;
    const states = new ExfatBitmap(reader, table, MARKS.bad, runs, bitmap?.size ?? 0, doubt);
    format.#volume = { ...format.#volume, states };
    return format;
  }

  get volume(): ClusterVolume {
    return this.#volume;
  }

  parser(onDoubt: (doubt: Doubt) => void): SlotParser {
    const clusterBytes = this.boot.clusterSectors * SECTOR_SIZE;
    return new ExfatSlotParser(this.reader, clusterBytes, this.boot.active, onDoubt, (label) => {
      this.label = label;
    });
  }

  /** A folder of exFAT has no entry for itself, but each set of its slots has a checksum. */
  async confirmsFolder(): Promise<boolean> {
    return true;
  }

  async #findBitmap(onDoubt: (doubt: Doubt) => void): Promise<FolderEntry | null> {
    for await (const entries of folderEntries(this, this.root, onDoubt)) {
      const bitmap = entries.find(({ what }) => what === 'bitmap');
      if (bitmap) return bitmap;
    }
    return null;
  }
}

/** All that lies outside of the clusters, ascending. */
function structuresOf(boot: ExfatBoot, heapEnd: number): Structure[] {
  const region = REGION_SECTORS * boot.sectorUnits;
  const structures: Structure[] = [
    { what: 'boot-region', range: [0, region] },
    { what: 'backup-boot-region', range: [region, region] },
  ];
  const gap = (first: number, end: number) => {
    if (end > first) structures.push({ what: 'gap', range: [first, end - first] });
  };
  gap(2 * region, boot.tableStart);
  for (let table = 0; table < boot.tableCount; table++) {
    const first = boot.tableStart + table * boot.tableSectors;
    structures.push({ what: `fat${table + 1}`, range: [first, boot.tableSectors] });
  }
  gap(boot.tableStart + boot.tableCount * boot.tableSectors, boot.heapStart);
  if (heapEnd < boot.sectorCount)
    structures.push({ what: 'beyond-last-cluster', range: [heapEnd, boot.sectorCount - heapEnd] });
  return structures;
}
