import { crc32 } from 'node:zlib';
import { SECTOR_SIZE } from '../block/blockDevice';
import type { Partition, PartitionTable } from './partitionContracts';
import { UnreadableError, type VolumeReader } from './volumeReader';

const SIGNATURE = 'EFI PART';
const MIN_HEADER_BYTES = 92;
const MIN_ENTRY_BYTES = 128;
/** Far above what programs make (128 entries); a header that asks for more is taken for damaged. */
const MAX_TABLE_BYTES = 2 ** 20;

/** A header whose checksum is right. Places in the table's unit. */
interface Header {
  readonly unitBytes: number;
  readonly place: number;
  readonly other: number;
  readonly entriesAt: number;
  readonly entryCount: number;
  readonly entryBytes: number;
  readonly entriesCrc: number;
}

/**
 * Reads a GPT in any of the units, from the first copy, else from the backup.
 * @param trustsBackup whether a backup alone counts: a disk that got another kind of table keeps an old one at its end
 * @returns null when no copy is intact
 */
export async function readGpt(
  reader: VolumeReader,
  units: readonly number[],
  trustsBackup: boolean,
): Promise<PartitionTable | null> {
  for (const unitBytes of units) {
    const primary = await headerAt(reader, unitBytes, 1);
    const entries = primary && (await entriesOf(reader, primary));
    if (entries) return tableOf(primary, entries, await backupNotes(reader, primary));
    if (!primary && !trustsBackup && !(await hasSignature(reader, unitBytes))) continue;
    const lastUnit = Math.floor((reader.sectorCount * SECTOR_SIZE) / unitBytes) - 1;
    for (const place of new Set([...(primary ? [primary.other] : []), lastUnit])) {
      const backup = await headerAt(reader, unitBytes, place);
      const backupEntries = backup && (await entriesOf(reader, backup));
      if (backupEntries) return tableOf(backup, backupEntries, [FROM_BACKUP]);
    }
  }
  return null;
}

const FROM_BACKUP = "the first copy of the GPT can't be used: read from its backup";

async function hasSignature(reader: VolumeReader, unitBytes: number): Promise<boolean> {
  const bytes = await bytesOrNull(reader, unitBytes, SIGNATURE.length);
  return bytes !== null && Buffer.from(bytes).toString('latin1') === SIGNATURE;
}

/** The header at a place, if it is intact and is meant to be there. */
async function headerAt(reader: VolumeReader, unitBytes: number, place: number): Promise<Header | null> {
  const bytes = place > 0 ? await bytesOrNull(reader, place * unitBytes, SECTOR_SIZE) : null;
  if (!bytes || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== SIGNATURE) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0x0c, true);
  if (headerBytes < MIN_HEADER_BYTES || headerBytes > SECTOR_SIZE) return null;
  const summed = bytes.slice(0, headerBytes).fill(0, 0x10, 0x14);
  if (crc32(summed) !== view.getUint32(0x10, true)) return null;
  const header: Header = {
    unitBytes,
    place: Number(view.getBigUint64(0x18, true)),
    other: Number(view.getBigUint64(0x20, true)),
    entriesAt: Number(view.getBigUint64(0x48, true)),
    entryCount: view.getUint32(0x50, true),
    entryBytes: view.getUint32(0x54, true),
    entriesCrc: view.getUint32(0x58, true),
  };
  const isRight =
    header.place === place &&
    header.entryBytes >= MIN_ENTRY_BYTES &&
    header.entryCount * header.entryBytes <= MAX_TABLE_BYTES;
  return isRight ? header : null;
}

/** The bytes of a header's entries, if they are intact. */
async function entriesOf(reader: VolumeReader, header: Header): Promise<Uint8Array | null> {
  const byteLength = header.entryCount * header.entryBytes;
  const bytes = await bytesOrNull(reader, header.entriesAt * header.unitBytes, byteLength);
  return bytes && crc32(bytes) === header.entriesCrc ? bytes : null;
}

/** What is wrong with the backup of an intact first copy. */
async function backupNotes(reader: VolumeReader, primary: Header): Promise<string[]> {
  const backup = await headerAt(reader, primary.unitBytes, primary.other);
  if (!backup || !(await entriesOf(reader, backup))) return ['the backup of the GPT is missing or damaged'];
  const endByte = (primary.other + 1) * primary.unitBytes;
  return endByte < reader.sectorCount * SECTOR_SIZE
    ? ['the backup of the GPT is not at the end of the disk: the disk is larger than it was']
    : [];
}

function tableOf(header: Header, bytes: Uint8Array, notes: readonly string[]): PartitionTable {
  const { unitBytes, entryBytes, entryCount, place, entriesAt } = header;
  const perUnit = unitBytes / SECTOR_SIZE;
  const partitions: Partition[] = [];
  for (let i = 0; i < entryCount; i++) {
    const partition = partitionOf(i + 1, bytes.subarray(i * entryBytes, (i + 1) * entryBytes), perUnit);
    if (partition) partitions.push(partition);
  }
  const entrySectors = Math.ceil((entryCount * entryBytes) / unitBytes) * perUnit;
  return {
    scheme: 'gpt',
    unitBytes,
    partitions,
    structures: [
      { what: 'protective-mbr', range: [0, perUnit] },
      { what: place === 1 ? 'gpt-header' : 'gpt-backup-header', range: [place * perUnit, perUnit] },
      {
        what: place === 1 ? 'gpt-entries' : 'gpt-backup-entries',
        range: [entriesAt * perUnit, entrySectors],
      },
      ...otherCopy(header, perUnit, entrySectors),
    ],
    unknown: [],
    notes,
  };
}

/** Where the other copy is by the usual layout: entries behind the first header, and before the backup's. */
function otherCopy(
  { place, other }: Header,
  perUnit: number,
  entrySectors: number,
): PartitionTable['structures'] {
  const [name, entries] =
    place === 1 ? ['gpt-backup', other * perUnit - entrySectors] : ['gpt', (other + 1) * perUnit];
  return [
    { what: `${name}-header`, range: [other * perUnit, perUnit] },
    { what: `${name}-entries`, range: [entries, entrySectors] },
  ];
}

function partitionOf(index: number, entry: Uint8Array, perUnit: number): Partition | null {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  if (entry.subarray(0, 16).every((byte) => byte === 0)) return null;
  const first = Number(view.getBigUint64(0x20, true)) * perUnit;
  const end = (Number(view.getBigUint64(0x28, true)) + 1) * perUnit;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(end) || end <= first) return null;
  const name = Buffer.from(entry.subarray(0x38, 0x80)).toString('utf16le').split('\0')[0]!;
  return { index, first, count: end - first, type: guid(view), name };
}

/** A GUID as text: its first three fields are little-endian. */
function guid(view: DataView): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const bytes = Array.from({ length: 8 }, (_, i) => hex(view.getUint8(8 + i), 2)).join('');
  const fields = [
    hex(view.getUint32(0, true), 8),
    hex(view.getUint16(4, true), 4),
    hex(view.getUint16(6, true), 4),
  ];
  return [...fields, bytes.slice(0, 4), bytes.slice(4)].join('-').toUpperCase();
}

async function bytesOrNull(
  reader: VolumeReader,
  byteOffset: number,
  length: number,
): Promise<Uint8Array | null> {
  try {
    return await reader.bytes(byteOffset, length, 'the GPT');
  } catch (error) {
    if (error instanceof UnreadableError) return null;
    throw error;
  }
}
