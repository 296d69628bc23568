import { RemapError } from '../../errors';
import { bytes, layout, text, textOf, u32, u64 } from './fieldLayout';
import { MAGIC, VERSION } from './v4';

/**
 * The 512 bytes that dm-remap's shell scripts write to a spare's first sector, and read back to find which devices
 * belong together (FORMAT.md, section 8). They name paths and hold no remaps; the kernel takes them for a damaged copy.
 */
export const scriptLayout = layout({
  magic: u32,
  version: u32,
  sequence_number: u64,
  timestamp: u64,
  metadata_checksum: u32,
  copy_index: u32,
  structure_size: u32,
  reserved: u32,
  main_device_uuid: text(37),
  spare_device_uuid: text(37),
  main_device_sectors: u64,
  spare_device_sectors: u64,
  sector_size: u32,
  entry_size: u32,
  remap_capacity: u32,
  padding: bytes(2),
  main_device_path: text(128),
  spare_device_path: text(128),
  unused: bytes(112),
});

const STRUCTURE_SIZE = 2048;
const ENTRY_SIZE = 512;
const CAPACITY = 2048;
const NO_UUID = '00000000-0000-0000-0000-000000000000';

/** What the scripts know of a device. */
export interface ScriptMetadata {
  readonly mainPath: string;
  readonly sparePath: string;
  readonly mainSectorCount: number;
  readonly spareSectorCount: number;
  readonly mainUuid: string;
  readonly spareUuid: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** Reads the script format from a spare's first sector; undefined for anything else, a kernel's copy included. */
export function decodeScript(sector: Uint8Array): ScriptMetadata | undefined {
  if (sector.length < scriptLayout.byteLength) return undefined;
  const raw = scriptLayout.decode(sector);
  const isScript =
    raw.magic === MAGIC &&
    raw.version === VERSION &&
    raw.metadata_checksum === 0 &&
    raw.structure_size === STRUCTURE_SIZE &&
    raw.entry_size === ENTRY_SIZE;
  if (!isScript) return undefined;
  return {
    mainPath: textOf(raw.main_device_path),
    sparePath: textOf(raw.spare_device_path),
    mainSectorCount: Number(raw.main_device_sectors),
    spareSectorCount: Number(raw.spare_device_sectors),
    mainUuid: textOf(raw.main_device_uuid),
    spareUuid: textOf(raw.spare_device_uuid),
    timestamp: Number(raw.timestamp),
  };
}

/**
 * The script format's sector.
 * @throws RemapError `EINVAL` when a path is longer than 128 bytes or a UUID than 37
 */
export function encodeScript(
  metadata: Omit<ScriptMetadata, 'mainUuid' | 'spareUuid'> & { mainUuid?: string; spareUuid?: string },
): Uint8Array {
  const sector = new Uint8Array(scriptLayout.byteLength);
  scriptLayout.encode(
    {
      magic: MAGIC,
      version: VERSION,
      sequence_number: 1n,
      timestamp: BigInt(metadata.timestamp),
      structure_size: STRUCTURE_SIZE,
      main_device_uuid: spacePadded(metadata.mainUuid ?? NO_UUID, 37),
      spare_device_uuid: spacePadded(metadata.spareUuid ?? NO_UUID, 37),
      main_device_sectors: BigInt(metadata.mainSectorCount),
      spare_device_sectors: BigInt(metadata.spareSectorCount),
      sector_size: 512,
      entry_size: ENTRY_SIZE,
      remap_capacity: CAPACITY,
      main_device_path: spacePadded(metadata.mainPath, 128),
      spare_device_path: spacePadded(metadata.sparePath, 128),
    },
    sector,
  );
  return sector;
}

function spacePadded(value: string, byteLength: number): Uint8Array {
  const encoded = new TextEncoder().encode(value);
  if (encoded.length > byteLength) {
    throw new RemapError(
      'EINVAL',
      `"${value}" is too long for dm-remap's scripts: ${byteLength} bytes at the most`,
      { value, limit: byteLength },
    );
  }
  const padded = new Uint8Array(byteLength).fill(0x20);
  padded.set(encoded);
  return padded;
}
