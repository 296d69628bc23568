import { SECTOR_SIZE } from '../../block/blockDevice';
import { UnreadableError, type VolumeReader } from '../volumeReader';

/** The geometry of a FAT volume as its boot sector says it. Sectors and offsets are of 512 bytes, from its start. */
export interface FatBoot {
  readonly entryBits: 12 | 16 | 32;
  /** 512-byte sectors in a sector of the volume. */
  readonly sectorUnits: number;
  readonly clusterSectors: number;
  readonly sectorCount: number;
  readonly clusterCount: number;
  readonly tableStart: number;
  readonly tableSectors: number;
  readonly tableCount: number;
  /** The FAT that counts when the copies are not kept alike; null when they are. */
  readonly activeTable: number | null;
  readonly rootStart: number;
  /** 0 on FAT32, whose root folder is a chain. */
  readonly rootSectors: number;
  readonly rootCluster: number;
  readonly heapStart: number;
  /** Sectors of the volume, null where there is none. */
  readonly infoSector: number | null;
  readonly backupSector: number | null;
  readonly label: string;
}

const MOST_TABLES = 4;
const MOST_FAT12_CLUSTERS = 4085;
const MOST_FAT16_CLUSTERS = 65_525;
const FAT32_BACKUP = 6;

/**
 * Finds the geometry of a FAT volume: in its boot sector, and when that can't be read, in the backup that FAT32 keeps.
 * @returns null when it is no FAT, or when that can't be known
 */
export async function readFatBoot(
  reader: VolumeReader,
): Promise<{ boot: FatBoot; fromBackup: boolean } | null> {
  const first = await bootBytes(reader, 0);
  if (first) {
    const boot = parseFatBoot(first);
    return boot && { boot, fromBackup: false };
  }
  for (const units of [1, 2, 4, 8]) {
    const bytes = await bootBytes(reader, FAT32_BACKUP * units);
    const boot = bytes && parseFatBoot(bytes);
    if (boot?.entryBits === 32 && boot.sectorUnits === units && boot.backupSector === FAT32_BACKUP)
      return { boot, fromBackup: true };
  }
  return null;
}

async function bootBytes(reader: VolumeReader, sector: number): Promise<Uint8Array | null> {
  try {
    return await reader.sectors(sector, 1, 'the boot sector');
  } catch (error) {
    if (error instanceof UnreadableError) return null;
    throw error;
  }
}

/** The geometry that a boot sector says, or null when its fields can't be those of a FAT. */
function parseFatBoot(bytes: Uint8Array): FatBoot | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const sectorBytes = u16(0x0b);
  const perCluster = bytes[0x0d]!;
  const reserved = u16(0x0e);
  const tableCount = bytes[0x10]!;
  const rootEntries = u16(0x11);
  const total = u16(0x13) || u32(0x20);
  const isFat32 = u16(0x16) === 0;
  const tableSize = isFat32 ? u32(0x24) : u16(0x16);
  const media = bytes[0x15]!;
  if (u16(510) !== 0xaa55 || (media !== 0xf0 && media < 0xf8)) return null;
  if (!isPowerOf2(sectorBytes) || sectorBytes < 512 || sectorBytes > 4096 || !isPowerOf2(perCluster))
    return null;
  if (reserved === 0 || tableCount === 0 || tableCount > MOST_TABLES || tableSize === 0) return null;
  if (isFat32 ? rootEntries !== 0 : rootEntries === 0) return null;

  const rootStart = reserved + tableCount * tableSize;
  const rootSize = Math.ceil((rootEntries * 32) / sectorBytes);
  const clusters = Math.floor((total - rootStart - rootSize) / perCluster);
  if (clusters < 1) return null;
  const entryBits = isFat32 ? 32 : clusters < MOST_FAT12_CLUSTERS ? 12 : 16;
  if (entryBits === 16 && clusters >= MOST_FAT16_CLUSTERS) return null;
  // A cluster without an entry can't be used.
  const entries = Math.floor((tableSize * sectorBytes * 8) / entryBits);
  const clusterCount = Math.min(clusters, entries - 2);
  if (clusterCount < 1) return null;
  const units = sectorBytes / SECTOR_SIZE;
  const flags = isFat32 ? u16(0x28) : 0;
  const activeTable = flags & 0x80 ? flags & 0xf : null;
  if (activeTable !== null && activeTable >= tableCount) return null;
  return {
    entryBits,
    sectorUnits: units,
    clusterSectors: perCluster * units,
    sectorCount: total * units,
    clusterCount,
    tableStart: reserved * units,
    tableSectors: tableSize * units,
    tableCount,
    activeTable,
    rootStart: rootStart * units,
    rootSectors: rootSize * units,
    rootCluster: isFat32 ? u32(0x2c) : 0,
    heapStart: (rootStart + rootSize) * units,
    infoSector: isFat32 ? withinReserved(u16(0x30), reserved) : null,
    backupSector: isFat32 ? withinReserved(u16(0x32), reserved) : null,
    label: bootLabel(bytes, isFat32 ? 0x42 : 0x26),
  };
}

function bootLabel(bytes: Uint8Array, signatureAt: number): string {
  if (bytes[signatureAt] !== 0x29) return '';
  const label = Buffer.from(bytes.subarray(signatureAt + 5, signatureAt + 16))
    .toString('latin1')
    .trimEnd();
  return label === 'NO NAME' ? '' : label;
}

function withinReserved(sector: number, reserved: number): number | null {
  return sector > 0 && sector < reserved ? sector : null;
}

function isPowerOf2(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
