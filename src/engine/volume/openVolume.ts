import { RemapError } from '../errors';
import type { FileSystemOpener } from './fileSystems';
import type { Partition } from './partitionContracts';
import { type KnownFormat, type Recognition, recognize } from './recognize';
import type { FileSystem } from './volumeContracts';
import { UnreadableError, type VolumeReader } from './volumeReader';

/** A partition, or a disk without a table, with what is on it. */
export interface Volume extends Partition {
  /** How much of it is on the disk; less than `count` where an image was cut off. */
  readonly sectorCount: number;
  /** The file system; the name of a format that is not looked into; `unrecognized`; `unknown` where it can't be read. */
  readonly kind: string;
  /** Null where it isn't looked into: then nothing but `why` is known of its sectors. */
  readonly fileSystem: FileSystem | null;
  readonly why: string;
  readonly notes: readonly string[];
}

/** Formats that have a parser: a volume that has only the signature of one is damaged. */
const PARSED: ReadonlySet<string> = new Set(['ext', 'exfat', 'ntfs']);

/** A partition of which the disk has nothing. */
const BEYOND = (() => {
  const why = 'the disk ends before it';
  return { sectorCount: 0, kind: 'unknown', fileSystem: null, why, notes: [why] };
})();

/**
 * Finds what is on a partition.
 * @param reader over the part of it that is on the disk
 */
export async function openVolume(
  reader: VolumeReader,
  partition: Partition,
  openers: readonly FileSystemOpener[],
): Promise<Volume> {
  if (reader.sectorCount === 0) return { ...partition, ...BEYOND };
  const recognition = await recognize(reader);
  const container = recognition.formats.find(({ isContainer }) => isContainer);
  const found = container ? [] : await openAll(reader, openers);
  const best = found.sort((a, b) => misfit(reader, recognition, a) - misfit(reader, recognition, b))[0];
  const base = { ...partition, sectorCount: reader.sectorCount };
  const missing = missingWords(base);
  const notes = missing === null ? [] : [missing];
  if (best) {
    notes.push(...otherNotes(best, found, recognition.formats));
    return { ...base, kind: best.kind, fileSystem: best, why: '', notes };
  }
  const { kind, why } = unopened(container ?? recognition.formats[0], recognition);
  return { ...base, kind, fileSystem: null, why, notes: [...notes, why] };
}

/** What a volume is that no parser takes, and why its sectors are unknown. */
function unopened(
  format: KnownFormat | undefined,
  { unreadable }: Recognition,
): { kind: string; why: string } {
  if (format) {
    const { kind } = format;
    return {
      kind,
      why: PARSED.has(kind)
        ? `${kind}: too little of its structures can be read`
        : `${kind}: not looked into`,
    };
  }
  return unreadable.length > 0
    ? { kind: 'unknown', why: `what is here can't be read (sector ${unreadable[0]})` }
    : { kind: 'unrecognized', why: 'no known file system is here' };
}

async function openAll(reader: VolumeReader, openers: readonly FileSystemOpener[]): Promise<FileSystem[]> {
  const found: FileSystem[] = [];
  for (const open of openers) {
    try {
      const fileSystem = await open(reader);
      if (fileSystem) found.push(fileSystem);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
    }
  }
  return found;
}

/**
 * How badly a file system fits. One whose own beginning says what it is comes before one that is known from a backup, which
 * formatting the volume anew may have left; of these the one that fills the volume was made last.
 */
function misfit(
  { first, sectorCount }: VolumeReader,
  { formats, unreadable }: Recognition,
  { kind, sectorCount: ownSectorCount }: FileSystem,
): number {
  // FAT has no signature: its first sector, where it can be read, is what it was opened from.
  const family = kind.startsWith('ext') ? 'ext' : kind;
  const namesItself = kind.startsWith('fat')
    ? !unreadable.includes(first)
    : formats.some((format) => format.kind === family);
  return Math.abs(sectorCount - ownSectorCount) + (namesItself ? 0 : Number.MAX_SAFE_INTEGER / 2);
}

function otherNotes(
  best: FileSystem,
  found: readonly FileSystem[],
  formats: readonly KnownFormat[],
): string[] {
  const others = found.filter((other) => other !== best).map(({ kind }) => kind);
  const notes = others.map((kind) => `there are also structures of ${kind}, which may be from before`);
  if (formats.some(({ isMirror }) => isMirror))
    notes.push('a member of a RAID 1, read as it stands by itself');
  return notes;
}

/** What of a partition isn't on the disk, in words; null where all of it is. */
export function missingWords({ sectorCount, count }: Pick<Volume, 'sectorCount' | 'count'>): string | null {
  if (sectorCount === 0) return BEYOND.why;
  return sectorCount < count
    ? `the disk ends before it: ${count - sectorCount} of its sectors are missing`
    : null;
}

/** The file system of a volume. @throws RemapError `EINVAL` where it isn't looked into */
export function requireFileSystem({ index, fileSystem, why }: Volume): FileSystem {
  if (fileSystem) return fileSystem;
  throw new RemapError('EINVAL', `volume ${index} can't be looked into: ${why}`, { volume: index });
}
