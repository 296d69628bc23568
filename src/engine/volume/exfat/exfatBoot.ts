import { SECTOR_SIZE } from '../../block/blockDevice';
import { UnreadableError, type VolumeReader } from '../volumeReader';

/** The geometry of an exFAT volume. Sectors are of 512 bytes, from its start. */
export interface ExfatBoot {
  /** 512-byte sectors in a sector of the volume. */
  readonly sectorUnits: number;
  readonly clusterSectors: number;
  readonly sectorCount: number;
  readonly clusterCount: number;
  readonly tableStart: number;
  readonly tableSectors: number;
  readonly tableCount: number;
  /** The FAT and the bitmap that count: 0 or 1. */
  readonly active: number;
  readonly heapStart: number;
  readonly rootCluster: number;
  readonly isDirty: boolean;
}

const SIGNATURE = 'EXFAT   ';
/** Sectors of the boot region: what the checksum covers, and the checksum. */
const CHECKED_SECTORS = 11;
export const REGION_SECTORS = 12;
/** The flags and the use in percent change without a new checksum. */
const UNCHECKED_BYTES = [106, 107, 112];
const LEAST_TABLE_SECTOR = 24;

/** The geometry, and why it was not to be had from the first boot region. */
export interface FoundBoot {
  readonly boot: ExfatBoot;
  readonly backupReason: string | null;
}

/**
 * Finds the geometry of an exFAT volume: in its boot region, and when that can't be read or its checksum is wrong, in the
 * backup.
 * @returns null when it is no exFAT, or when that can't be known
 */
export async function readExfatBoot(reader: VolumeReader): Promise<FoundBoot | null> {
  const first = await readable(reader, 0, 1);
  if (first && !hasSignature(first)) return null;
  const units = first ? [unitsOf(first)] : [];
  for (const sectorUnits of units) {
    const boot = await bootAt(reader, 0, sectorUnits);
    if (boot) return { boot, backupReason: null };
  }
  const backupReason = first
    ? 'the boot region is damaged, or part of it can’t be read'
    : 'the boot sector can’t be read';
  for (const sectorUnits of [...units, 1, 2, 4, 8]) {
    const boot = await bootAt(reader, REGION_SECTORS * sectorUnits, sectorUnits);
    if (boot) return { boot, backupReason };
  }
  return null;
}

/** The geometry of a boot region that can be read and whose checksum is right. */
async function bootAt(reader: VolumeReader, start: number, sectorUnits: number): Promise<ExfatBoot | null> {
  const bytes = await readable(reader, start, REGION_SECTORS * sectorUnits);
  if (!bytes || !hasSignature(bytes) || unitsOf(bytes) !== sectorUnits) return null;
  const checked = CHECKED_SECTORS * sectorUnits * SECTOR_SIZE;
  const kept = new DataView(bytes.buffer, bytes.byteOffset + checked).getUint32(0, true);
  return bootChecksum(bytes.subarray(0, checked)) === kept ? parseExfatBoot(bytes) : null;
}

async function readable(reader: VolumeReader, sector: number, count: number): Promise<Uint8Array | null> {
  try {
    return await reader.sectors(sector, count, 'the boot region');
  } catch (error) {
    if (error instanceof UnreadableError) return null;
    throw error;
  }
}

function hasSignature(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(3, 11)).toString('latin1') === SIGNATURE;
}

/** The 512-byte sectors in a sector of the volume, 0 when that can't be. */
function unitsOf(bytes: Uint8Array): number {
  const log = bytes[0x6c]!;
  return log >= 9 && log <= 12 ? 2 ** (log - 9) : 0;
}

function bootChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (!UNCHECKED_BYTES.includes(at)) sum = ((sum << 31) | (sum >>> 1)) + bytes[at]!;
  }
  return sum >>> 0;
}

/** The fields of a boot sector, or null when they don't fit each other. */
function parseExfatBoot(bytes: Uint8Array): ExfatBoot | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number) => view.getUint32(at, true);
  const units = unitsOf(bytes);
  const perClusterLog = bytes[0x6d]!;
  const total = Number(view.getBigUint64(0x48, true));
  const [tableStart, tableSize, heapStart, clusterCount] = [u32(0x50), u32(0x54), u32(0x58), u32(0x5c)];
  const tableCount = bytes[0x6e]!;
  const flags = view.getUint16(0x6a, true);
  const perCluster = 2 ** perClusterLog;
  if (perClusterLog > 25 || (tableCount !== 1 && tableCount !== 2) || !Number.isSafeInteger(total * units))
    return null;
  if (tableStart < LEAST_TABLE_SECTOR || tableStart + tableSize * tableCount > heapStart) return null;
  if (clusterCount < 1 || clusterCount > 0xffff_fff5 || heapStart + clusterCount * perCluster > total)
    return null;
  if (tableSize * units * SECTOR_SIZE < (clusterCount + 2) * 4) return null;
  return {
    sectorUnits: units,
    clusterSectors: perCluster * units,
    sectorCount: total * units,
    clusterCount,
    tableStart: tableStart * units,
    tableSectors: tableSize * units,
    tableCount,
    active: tableCount === 2 ? flags & 1 : 0,
    heapStart: heapStart * units,
    rootCluster: u32(0x60),
    isDirty: (flags & 2) !== 0,
  };
}
