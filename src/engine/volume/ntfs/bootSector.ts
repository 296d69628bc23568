import { SECTOR_SIZE } from '../../block/blockDevice';
import { ascii, u16, u64 } from './littleEndian';

/** What the boot sector says of a volume. "Sector" is one of 512 bytes unless it is called the volume's own. */
export interface Geometry {
  /** The size of the volume's own sectors, in sectors. */
  readonly ownSectors: number;
  readonly clusterSectors: number;
  readonly clusterBytes: number;
  /** The sectors of the file system, without the backup of the boot sector, which follows them. */
  readonly sectorCount: number;
  /** Whole clusters; what follows the last one belongs to no cluster. */
  readonly clusterCount: number;
  readonly mftCluster: number;
  readonly mirrorCluster: number;
  readonly recordBytes: number;
  readonly indexBytes: number;
}

const SIGNATURE = 'NTFS    ';
const LARGEST_CLUSTER = 2 * 1024 * 1024;
const LARGEST_RECORD = 65_536;

/** True for a sector that claims to be a boot sector of NTFS. */
export function isNtfsBoot(sector: Uint8Array): boolean {
  return ascii(sector, 3, 8) === SIGNATURE;
}

/** What a boot sector says; null when that can't be. */
export function parseBootSector(sector: Uint8Array): Geometry | null {
  if (!isNtfsBoot(sector)) return null;
  const ownBytes = u16(sector, 0x0b);
  const clusterBytes = ownBytes * sectorsPerCluster(sector[0x0d]!);
  const ownCount = u64(sector, 0x28);
  if (!isPowerOf2(ownBytes, SECTOR_SIZE, 4096) || !isPowerOf2(clusterBytes, ownBytes, LARGEST_CLUSTER))
    return null;
  const sectorCount = ownCount * (ownBytes / SECTOR_SIZE);
  if (!Number.isSafeInteger(sectorCount * SECTOR_SIZE)) return null;
  const clusterSectors = clusterBytes / SECTOR_SIZE;
  const geometry = {
    ownSectors: ownBytes / SECTOR_SIZE,
    clusterSectors,
    clusterBytes,
    sectorCount,
    clusterCount: Math.floor(sectorCount / clusterSectors),
    mftCluster: u64(sector, 0x30),
    mirrorCluster: u64(sector, 0x38),
    recordBytes: structureBytes(sector[0x40]!, clusterBytes),
    indexBytes: structureBytes(sector[0x44]!, clusterBytes),
  };
  const isPossible =
    geometry.mftCluster < geometry.clusterCount &&
    isPowerOf2(geometry.recordBytes, SECTOR_SIZE, LARGEST_RECORD) &&
    isPowerOf2(geometry.indexBytes, SECTOR_SIZE, LARGEST_CLUSTER);
  return isPossible ? geometry : null;
}

/** Up to 0x80 it is the number itself, above a power of 2. */
function sectorsPerCluster(value: number): number {
  return value <= 0x80 ? value : 2 ** (256 - value);
}

/** The size of a record or an index block: clusters, or, where it is negative, a power of 2 in bytes. */
function structureBytes(value: number, clusterBytes: number): number {
  return value < 0x80 ? value * clusterBytes : 2 ** (256 - value);
}

export function isPowerOf2(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && (value & (value - 1)) === 0;
}
