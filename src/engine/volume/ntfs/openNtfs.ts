import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt, FileSystem } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';
import { doubtOf } from './attributeList';
import { type Geometry, isNtfsBoot, parseBootSector } from './bootSector';
import { Mft } from './mft';
import { NtfsFileSystem } from './ntfsFileSystem';
import { readVolumeInformation } from './volumeInformation';

/** The sizes that a volume's own sectors may have, in sectors: the backup is the last of them. */
const OWN_SECTORS = [1, 2, 4, 8];

const BACKUP_USED = 'The boot sector is unreadable or damaged: its backup at the end of the volume was used.';
const MIRROR_USED = 'The first records of $MFT are unreadable in places: their copies in $MFTMirr were used.';
const MFT_LOST = 'Neither $MFT nor its copy could be read: no file is known.';
const DIRTY =
  'The volume was not taken down cleanly, and its journal ($LogFile) is not replayed: what is said may be outdated.';
const MAY_BE_DIRTY = 'Whether the volume was taken down cleanly is not known: what is said may be outdated.';
const TOO_LARGE = 'The file system is larger than its partition.';

/** $MFTMirr and $LogFile, of which there are copies, as of $MFT and $Volume. */
const MIRRORED_SYSTEM_RECORDS = [1, 2];

interface Candidate {
  readonly geometry: Geometry;
  readonly isBackup: boolean;
}

/**
 * Opens an NTFS volume. The backup of the boot sector is used where the first sector can't be read, says something that
 * can't be, or doesn't lead to $MFT; notes say so. Where $MFT can't be found, all but the boot sectors is unknown.
 * @returns null when it is none, or when the boot sector can't be read and no backup leads to $MFT
 */
export async function openNtfs(reader: VolumeReader): Promise<FileSystem | null> {
  let lost: { geometry: Geometry; doubt: Doubt } | undefined;
  for (const candidate of await candidates(reader)) {
    const notes: string[] = candidate.isBackup ? [BACKUP_USED] : [];
    const noteMirror = (): void => {
      if (!notes.includes(MIRROR_USED)) notes.push(MIRROR_USED);
    };
    try {
      return await openOn(await Mft.open(reader, candidate.geometry, noteMirror), notes);
    } catch (error) {
      const doubt = doubtOf(error);
      // A backup alone may be what an older file system left.
      if (!candidate.isBackup) lost = { geometry: candidate.geometry, doubt };
    }
  }
  return lost ? openOn(Mft.lost(reader, lost.geometry, lost.doubt), [MFT_LOST]) : null;
}

async function openOn(mft: Mft, notes: string[]): Promise<FileSystem> {
  const information = await readVolumeInformation(mft);
  // So that the notes tell at once whether the mirror is used.
  for (const number of MIRRORED_SYSTEM_RECORDS) await mft.record(number).catch(doubtOf);
  if (information.isClean === false) notes.push(DIRTY);
  if (information.isClean === null) notes.push(MAY_BE_DIRTY);
  const { sectorCount, ownSectors } = mft.geometry;
  if (sectorCount + ownSectors > mft.reader.sectorCount) notes.push(TOO_LARGE);
  return NtfsFileSystem.open(mft, information, notes);
}

/** What the boot sector and its backup say, the better one first; none where the first sector is no NTFS. */
async function candidates(reader: VolumeReader): Promise<Candidate[]> {
  const first = await sectorOrNull(reader, 0);
  if (first && !isNtfsBoot(first)) return [];
  const geometry = first && parseBootSector(first);
  const found: Candidate[] = geometry ? [{ geometry, isBackup: false }] : [];
  const places = OWN_SECTORS.map((size) => reader.sectorCount - size);
  if (geometry) places.unshift(geometry.sectorCount);
  for (const place of new Set(places)) {
    const sector = place > 0 && place < reader.sectorCount ? await sectorOrNull(reader, place) : null;
    const backup = sector && parseBootSector(sector);
    if (backup?.sectorCount === place) found.push({ geometry: backup, isBackup: true });
  }
  return found;
}

async function sectorOrNull(reader: VolumeReader, sector: number): Promise<Uint8Array | null> {
  try {
    return await reader.bytes(sector * SECTOR_SIZE, SECTOR_SIZE, 'the boot sector');
  } catch (error) {
    doubtOf(error);
    return null;
  }
}
