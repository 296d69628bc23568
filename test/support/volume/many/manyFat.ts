import { shortSlot } from '../fatImage';
import { FILES_IN_FOLDER, fileName, folderName, MadeDisk, type ManyFiles } from './manyFiles';

const SECTOR = 512;
const CLUSTER_SECTORS = 64;
const CLUSTER = CLUSTER_SECTORS * SECTOR;
const RESERVED = 64;
const END = 0x0fff_ffff;
const SLOTS = CLUSTER / 32;

/** A FAT32 volume: clusters of 32 KiB, of which the root takes as many as it needs, and each folder one. */
export function manyFat(fileCount: number): ManyFiles {
  const folderCount = Math.ceil(fileCount / FILES_IN_FOLDER);
  const rootClusters = Math.ceil(folderCount / SLOTS);
  const firstFolder = 2 + rootClusters;
  const firstFile = firstFolder + folderCount;
  const clusterCount = firstFile + fileCount - 2;
  const tableSectors = Math.ceil(((clusterCount + 2) * 4) / CLUSTER) * CLUSTER_SECTORS;
  const heap = RESERVED + tableSectors;
  const sectorCount = heap + clusterCount * CLUSTER_SECTORS;

  function boot(bytes: Buffer): void {
    bytes.set([0xeb, 0x58, 0x90]);
    bytes.write('REMAP   ', 3, 'latin1');
    bytes.writeUInt16LE(SECTOR, 0x0b);
    bytes[0x0d] = CLUSTER_SECTORS;
    bytes.writeUInt16LE(RESERVED, 0x0e);
    bytes[0x10] = 1;
    bytes[0x15] = 0xf8;
    bytes.writeUInt32LE(sectorCount, 0x20);
    bytes.writeUInt32LE(tableSectors, 0x24);
    bytes.writeUInt32LE(2, 0x2c);
    bytes[0x42] = 0x29;
    bytes.write('MANY FILES ', 0x47, 'latin1');
    bytes.writeUInt16LE(0xaa55, 510);
  }

  function table(bytes: Buffer, firstCluster: number): void {
    for (let i = 0; i < CLUSTER / 4; i++) {
      const cluster = firstCluster + i;
      if (cluster >= clusterCount + 2) break;
      const isInRoot = cluster >= 2 && cluster < firstFolder - 1;
      bytes.writeUInt32LE(isInRoot ? cluster + 1 : END, i * 4);
    }
  }

  function folder(bytes: Buffer, number: number): void {
    bytes.set(shortSlot('.', 0x10, firstFolder + number, 0), 0);
    bytes.set(shortSlot('..', 0x10, 0, 0), 32);
    for (let i = 0; i < FILES_IN_FOLDER; i++) {
      const file = number * FILES_IN_FOLDER + i;
      if (file < fileCount)
        bytes.set(shortSlot(fileName(file), 0x20, firstFile + file, CLUSTER), (i + 2) * 32);
    }
  }

  function root(bytes: Buffer, at: number): void {
    for (let i = 0; i < SLOTS && at * SLOTS + i < folderCount; i++) {
      const number = at * SLOTS + i;
      bytes.set(shortSlot(folderName(number), 0x10, firstFolder + number, 0), i * 32);
    }
  }

  function fill(bytes: Buffer, byteOffset: number): void {
    const sector = byteOffset / SECTOR;
    const cluster = 2 + (sector - heap) / CLUSTER_SECTORS;
    if (sector === 0) boot(bytes);
    else if (sector < RESERVED) return;
    else if (sector < heap) table(bytes, ((sector - RESERVED) * SECTOR) / 4);
    else if (cluster < firstFolder) root(bytes, cluster - 2);
    else if (cluster < firstFile) folder(bytes, cluster - firstFolder);
  }

  const source = new MadeDisk(sectorCount, CLUSTER, fill);
  return { source, sectorOf: (file) => heap + (firstFile + file - 2) * CLUSTER_SECTORS };
}
