import { SECTOR_SIZE } from '../block/blockDevice';
import { UnreadableError, type VolumeReader } from './volumeReader';

/** A format that a volume's bytes name. */
export interface KnownFormat {
  /** As it is shown: `xfs`, `luks`, `lvm2`. */
  readonly kind: string;
  /** It holds other volumes, and what lies below it may be left from before. */
  readonly isContainer: boolean;
  /** Of a member of a RAID whose superblock is at its end: it mirrors, so its file system can be read as it stands. */
  readonly isMirror?: boolean;
}

/** What the bytes say, and whether all of them could be read. */
export interface Recognition {
  readonly formats: readonly KnownFormat[];
  /** Places of signatures that could not be read, from the start of the disk. */
  readonly unreadable: readonly number[];
}

interface Signature {
  readonly kind: string;
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly isContainer: boolean;
}

const signature = (kind: string, at: number, text: string, isContainer = false): Signature => ({
  kind,
  at,
  bytes: Buffer.from(text, 'latin1'),
  isContainer,
});

const LUKS = 'LUKS\xba\xbe';
const MD_MAGIC = '\xfc\x4e\x2b\xa9';

/** In the order in which they count: what holds other volumes first. */
const SIGNATURES: readonly Signature[] = [
  signature('luks', 0, LUKS, true),
  ...[0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000].map((at) =>
    signature('luks', at, 'SKUL\xba\xbe', true),
  ),
  signature('bitlocker', 3, '-FVE-FS-', true),
  ...[0, 1, 2, 3].map((sector) => signature('lvm2', sector * SECTOR_SIZE, 'LABELONE', true)),
  signature('md', 0, MD_MAGIC, true),
  signature('md', 4096, MD_MAGIC, true),
  signature('ext', 1080, '\x53\xef'),
  signature('exfat', 3, 'EXFAT   '),
  signature('ntfs', 3, 'NTFS    '),
  signature('refs', 3, 'ReFS'),
  signature('xfs', 0, 'XFSB'),
  signature('btrfs', 65600, '_BHRfS_M'),
  ...[4096, 8192, 16384, 65536].map((page) => signature('swap', page - 10, 'SWAPSPACE2')),
  signature('f2fs', 1024, '\x10\x20\xf5\xf2'),
  signature('hfs+', 1024, 'H+'),
  signature('hfs+', 1024, 'HX'),
  signature('apfs', 32, 'NXSB'),
  signature('squashfs', 0, 'hsqs'),
  signature('erofs', 1024, '\xe2\xe1\xf5\xe0'),
  signature('reiserfs', 65588, 'ReIsEr'),
  signature('jfs', 32768, 'JFS1'),
  signature('iso9660', 32769, 'CD001'),
];

/** Names the formats of a volume by their signatures (`55 AA` is none), those that hold other volumes first. */
export async function recognize(reader: VolumeReader): Promise<Recognition> {
  const formats: KnownFormat[] = [];
  const unreadable: number[] = [];
  for (const { kind, at, bytes, isContainer } of SIGNATURES) {
    const found = await bytesAt(reader, at, bytes.length, unreadable);
    if (!found || !bytes.every((byte, i) => byte === found[i])) continue;
    if (!formats.some((format) => format.kind === kind)) formats.push({ kind, isContainer });
  }
  const atEnd = await mdAtEnd(reader, unreadable);
  if (atEnd && !formats.some(({ kind }) => kind === 'md')) formats.unshift(atEnd);
  return { formats, unreadable: [...new Set(unreadable)].sort((a, b) => a - b) };
}

/** A format at the start of a volume; null where none is known. FAT has no signature of its own, only its fields. */
export async function knownFormatAt(reader: VolumeReader): Promise<string | null> {
  const { formats } = await recognize(reader);
  return formats[0]?.kind ?? (looksLikeFat(await bytesAt(reader, 0, SECTOR_SIZE, [])) ? 'fat' : null);
}

/** Whether the first sector is the boot sector of FAT, exFAT or NTFS, which takes the place of a partition table. */
export async function hasBootSector(reader: VolumeReader): Promise<boolean> {
  const bytes = await bytesAt(reader, 0, SECTOR_SIZE, []);
  const name = Buffer.from(bytes?.subarray(3, 11) ?? []).toString('latin1');
  return name === 'EXFAT   ' || name === 'NTFS    ' || looksLikeFat(bytes);
}

function looksLikeFat(bytes: Uint8Array | null): boolean {
  if (bytes?.[510] !== 0x55 || bytes[511] !== 0xaa) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectorBytes = view.getUint16(0x0b, true);
  const perCluster = view.getUint8(0x0d);
  const fats = view.getUint8(0x10);
  const isPower = (value: number) => value > 0 && (value & (value - 1)) === 0;
  return (
    sectorBytes >= 512 &&
    sectorBytes <= 4096 &&
    isPower(sectorBytes) &&
    isPower(perCluster) &&
    (fats === 1 || fats === 2)
  );
}

/** The superblock of a RAID member that has it near its end: version 1.0, or 0.90. */
async function mdAtEnd(reader: VolumeReader, unreadable: number[]): Promise<KnownFormat | null> {
  const bytes = reader.sectorCount * SECTOR_SIZE;
  const places = [
    { at: Math.floor((bytes - 8192) / 4096) * 4096, levelAt: 72 },
    { at: Math.floor(bytes / 65536) * 65536 - 65536, levelAt: 28 },
  ];
  for (const { at, levelAt } of places) {
    const found = await bytesAt(reader, at, SECTOR_SIZE, unreadable);
    if (!found || Buffer.from(found.subarray(0, 4)).toString('latin1') !== MD_MAGIC) continue;
    const level = new DataView(found.buffer, found.byteOffset).getInt32(levelAt, true);
    return { kind: 'md', isContainer: level !== 1, isMirror: level === 1 };
  }
  return null;
}

/** Bytes at a place; null where the volume has no such place or it can't be read, which is told. */
async function bytesAt(
  reader: VolumeReader,
  at: number,
  length: number,
  unreadable: number[],
): Promise<Uint8Array | null> {
  if (at < 0 || at + length > reader.sectorCount * SECTOR_SIZE) return null;
  try {
    return await reader.bytes(at, length, 'a signature');
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    for (const [first, count] of error.doubt.ranges)
      for (let sector = first; sector < first + count; sector++) unreadable.push(sector);
    return null;
  }
}
