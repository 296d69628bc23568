import { BITMAP, DATA, FILE_NAME, nameValue, nonResident, reference, resident } from '../ntfs/ntfsAttributes';
import { NtfsImage } from '../ntfs/ntfsImage';
import { fileName, MadeDisk, type ManyFiles } from './manyFiles';

const CLUSTER = 4096;
const RECORD = 1024;
const RECORDS_IN_CLUSTER = CLUSTER / RECORD;
const TABLE_CLUSTER = 64;
const SMALL_CLUSTERS = 256;
const ROOT = reference(5, 5);
/** The first record that is a file's; the image's own record of this number is the pattern of all. */
const FIRST_FILE = 24;
const PATTERN_CLUSTER = 0x12_3456;
const FIRST_DATA = 1024;

/** An NTFS volume whose files are all in the root; its records are made from the one of a small image. */
export function manyNtfs(fileCount: number): ManyFiles {
  const recordCount = Math.ceil((FIRST_FILE + fileCount) / RECORDS_IN_CLUSTER) * RECORDS_IN_CLUSTER;
  const tableClusters = recordCount / RECORDS_IN_CLUSTER;
  const clusterCount = FIRST_DATA + tableClusters + fileCount;
  const firstData = FIRST_DATA + tableClusters;
  const size = { clusterBytes: CLUSTER };
  const image = new NtfsImage({ clusterCount: SMALL_CLUSTERS, mftRuns: [[TABLE_CLUSTER, 16]] });
  const table = nonResident(DATA, [[TABLE_CLUSTER, tableClusters]], size);
  const usedRecords = nonResident(BITMAP, [[null, Math.ceil(recordCount / 8 / CLUSTER)]], size);
  image.put(0, { attributes: [resident(FILE_NAME, nameValue(ROOT, '$MFT', 3)), table, usedRecords] });
  // All clusters are free by the bitmap: a hole reads as zeros.
  const bitmap = nonResident(DATA, [[null, Math.ceil(clusterCount / 8 / CLUSTER)]], size);
  image.put(6, { attributes: [resident(FILE_NAME, nameValue(ROOT, '$Bitmap', 3)), bitmap] });
  image.file(FIRST_FILE, fileName(0), nonResident(DATA, [[PATTERN_CLUSTER, 1]], size));
  const small = image.build();
  const sectorCount = clusterCount * 8 + 8;
  small.writeBigUInt64LE(BigInt(sectorCount - 8), 0x28);
  const pattern = small.subarray(image.placeOf(FIRST_FILE), image.placeOf(FIRST_FILE) + RECORD);
  const lcnAt = pattern.indexOf(Buffer.from([0x56, 0x34, 0x12]));
  const nameAt = pattern.indexOf(Buffer.from(fileName(0), 'utf16le'));

  function fill(bytes: Buffer, byteOffset: number): void {
    const cluster = byteOffset / CLUSTER;
    const first = (cluster - TABLE_CLUSTER) * RECORDS_IN_CLUSTER;
    if (cluster < TABLE_CLUSTER || (first >= 0 && first < FIRST_FILE)) {
      bytes.set(small.subarray(byteOffset, byteOffset + CLUSTER));
      return;
    }
    if (cluster >= TABLE_CLUSTER + tableClusters) {
      if (byteOffset === (sectorCount - 8) * 512) bytes.set(small.subarray(0, 512));
      return;
    }
    for (let i = 0; i < RECORDS_IN_CLUSTER; i++) {
      const file = first + i - FIRST_FILE;
      if (file >= fileCount) return;
      const record = bytes.subarray(i * RECORD, (i + 1) * RECORD);
      record.set(pattern);
      record.writeUInt32LE(first + i, 0x2c);
      record.writeUIntLE(firstData + file, lcnAt, 3);
      record.write(fileName(file), nameAt, 'utf16le');
    }
  }

  const source = new MadeDisk(sectorCount, CLUSTER, fill);
  return { source, sectorOf: (file) => (firstData + file) * 8 };
}
