import { type ExfatFile, ExfatImage, fileSlots, objectSlot } from '../exfatImage';
import { FILES_IN_FOLDER, fileName, folderName, MadeDisk, type ManyFiles } from './manyFiles';

const SECTOR = 512;
const CLUSTER_LOG = 6;
const CLUSTER = SECTOR * 2 ** CLUSTER_LOG;
const CLUSTER_SECTORS = 2 ** CLUSTER_LOG;
const TABLE_START = 64;
/** A file's slots: itself, its stream, a name of up to fifteen letters. */
const SET_BYTES = 3 * 32;
const OBJECTS = 2;

/** An exFAT volume: bitmap, upcase table, root and folders lie each in clusters that follow one another. */
export function manyExfat(fileCount: number): ManyFiles {
  const folderCount = Math.ceil(fileCount / FILES_IN_FOLDER);
  const folderClusters = Math.ceil((FILES_IN_FOLDER * SET_BYTES) / CLUSTER);
  const rootClusters = Math.ceil((OBJECTS * 32 + folderCount * SET_BYTES) / CLUSTER);
  const others = 1 + rootClusters + folderCount * folderClusters;
  const bitmapClusters = Math.ceil((fileCount + others) / 8 / (CLUSTER - 1)) + 1;
  const [bitmap, upcase] = [2, 2 + bitmapClusters];
  const root = upcase + 1;
  const firstFolder = root + rootClusters;
  const firstFile = firstFolder + folderCount * folderClusters;
  const clusterCount = firstFile + fileCount - 2;
  const tableSectors = Math.ceil(((clusterCount + 2) * 4) / CLUSTER) * CLUSTER_SECTORS;
  const heap = TABLE_START + tableSectors;
  const sectorCount = heap + clusterCount * CLUSTER_SECTORS;

  function boot(bytes: Buffer): void {
    bytes.set([0xeb, 0x76, 0x90]);
    bytes.write('EXFAT   ', 3, 'latin1');
    bytes.writeBigUInt64LE(BigInt(sectorCount), 0x48);
    for (const [i, value] of [TABLE_START, tableSectors, heap, clusterCount, root].entries())
      bytes.writeUInt32LE(value, 0x50 + i * 4);
    bytes[0x6c] = 9;
    bytes[0x6d] = CLUSTER_LOG;
    bytes[0x6e] = 1;
    bytes.writeUInt16LE(0xaa55, 510);
    ExfatImage.sumBoot(bytes, 0, SECTOR);
    bytes.copyWithin(12 * SECTOR, 0, 12 * SECTOR);
  }

  /** Only bitmap and root have a chain: all else is said to be contiguous. */
  function table(bytes: Buffer, firstCluster: number): void {
    const ends = [upcase - 1, upcase, firstFolder - 1];
    for (let i = 0; i < CLUSTER / 4; i++) {
      const cluster = firstCluster + i;
      if (cluster < 2) bytes.writeUInt32LE(cluster === 0 ? 0xffff_fff8 : 0xffff_ffff, i * 4);
      else if (cluster < firstFolder)
        bytes.writeUInt32LE(ends.includes(cluster) ? 0xffff_ffff : cluster + 1, i * 4);
    }
  }

  function sets(
    bytes: Buffer,
    from: number,
    base: number,
    setOf: (at: number) => [string, ExfatFile] | null,
  ) {
    for (let at = Math.floor(Math.max(0, from - base) / SET_BYTES); ; at++) {
      const start = base + at * SET_BYTES - from;
      const told = start < CLUSTER ? setOf(at) : null;
      if (!told) return;
      const set = Buffer.concat(fileSlots(...told, CLUSTER));
      set.copy(bytes, Math.max(0, start), Math.max(0, -start), Math.min(SET_BYTES, CLUSTER - start));
    }
  }

  function rootPart(bytes: Buffer, part: number): void {
    if (part === 0) {
      bytes.set(objectSlot(0x81, bitmap, Math.ceil(clusterCount / 8)), 0);
      bytes.set(objectSlot(0x82, upcase, 5836), 32);
    }
    sets(bytes, part * CLUSTER, OBJECTS * 32, (folder) => {
      if (folder >= folderCount) return null;
      const first = firstFolder + folder * folderClusters;
      const clusters = Array.from({ length: folderClusters }, (_, i) => first + i);
      const size = folderClusters * CLUSTER;
      return [folderName(folder), { size, clusters, contiguous: true, isFolder: true }];
    });
  }

  function folderPart(bytes: Buffer, folder: number, part: number): void {
    sets(bytes, part * CLUSTER, 0, (at) => {
      const file = folder * FILES_IN_FOLDER + at;
      if (at >= FILES_IN_FOLDER || file >= fileCount) return null;
      return [fileName(file), { size: CLUSTER, clusters: [firstFile + file], contiguous: true }];
    });
  }

  function fill(bytes: Buffer, byteOffset: number): void {
    const sector = byteOffset / SECTOR;
    const cluster = 2 + (sector - heap) / CLUSTER_SECTORS;
    if (sector === 0) boot(bytes);
    else if (sector < heap) table(bytes, ((sector - TABLE_START) * SECTOR) / 4);
    else if (cluster < upcase) {
      const first = (cluster - bitmap) * CLUSTER;
      bytes.fill(0xff, 0, Math.max(0, Math.min(CLUSTER, Math.floor(clusterCount / 8) - first)));
      const last = Math.floor(clusterCount / 8) - first;
      if (last >= 0 && last < CLUSTER) bytes[last] = (1 << (clusterCount % 8)) - 1;
    } else if (cluster >= root && cluster < firstFolder) rootPart(bytes, cluster - root);
    else if (cluster >= firstFolder && cluster < firstFile) {
      const place = cluster - firstFolder;
      folderPart(bytes, Math.floor(place / folderClusters), place % folderClusters);
    }
  }

  const source = new MadeDisk(sectorCount, CLUSTER, fill);
  return { source, sectorOf: (file) => heap + (firstFile + file - 2) * CLUSTER_SECTORS };
}
