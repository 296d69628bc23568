import { SECTOR_SIZE } from '../block/blockDevice';
import type { DamagedFile, DamageStatus, LostRange, UnreadableSectors } from './damageContracts';
import type { Volume } from './openVolume';
import type { FilePart, FileRecord, FileSystem } from './volumeContracts';

/** A compressed unit of NTFS, in clusters. */
const PACKED_CLUSTERS = 16;
const STATUSES: readonly DamageStatus[] = ['bad', 'notRescued'];
const CUT_OFF = 'a part of it lies beyond the end of the disk';

/** A damaged file without its path, which is looked up at the end. */
interface Found {
  readonly id: number;
  readonly volume: number;
  readonly kind: DamagedFile['kind'];
  readonly stream: string | undefined;
  size: number | null;
  readonly ranges: LostRange[];
  readonly unknown: string[];
}

/** Gathers the files of which something is lost. Slack and what was never written can't be lost. */
export class DamagedFiles {
  readonly #unreadable: UnreadableSectors;
  readonly #limit: number;
  /** Those of the volume that is walked, by id and stream. */
  #found = new Map<string, Found>();
  readonly #named: DamagedFile[] = [];
  /** Those that are beyond the limit, and the record whose they are: each counts once. */
  #skipped = new Set<string>();
  #skippedId: number | null = null;
  #more = 0;

  constructor(unreadable: UnreadableSectors, limit: number) {
    this.#unreadable = unreadable;
    this.#limit = limit;
  }

  add({ first, index, sectorCount }: Volume, { unitSectors }: FileSystem, record: FileRecord): void {
    for (const { reason } of record.doubts) this.#of(index, record)?.unknown.push(reason);
    for (const part of record.parts) {
      if (part.role === 'meta' || part.role === 'unwritten') continue;
      const size = part.stream ? part.stream.size : record.size;
      for (const range of this.#lost(part, first, size, unitSectors))
        this.#of(index, record, part.stream)?.ranges.push(range);
      if (isCutOff(part, sectorCount, size)) this.#of(index, record, part.stream)?.unknown.push(CUT_OFF);
    }
  }

  /** Looks up the paths of a volume's files. To be called when the volume has been walked. */
  async name(fileSystem: FileSystem, signal?: AbortSignal): Promise<void> {
    await fileSystem.expectPaths?.(
      Array.from(this.#found.values(), ({ id }) => id),
      signal,
    );
    for (const { id, stream, ranges, unknown, ...file } of this.#found.values()) {
      signal?.throwIfAborted();
      const [path = `(no name, number ${id})`, ...otherPaths] = await fileSystem.pathsOf(id);
      ranges.sort((a, b) => a.fileOffset - b.fileOffset || a.sector - b.sector);
      const lostBytes = lengthOf(ranges);
      this.#named.push({
        ...file,
        path,
        ...(otherPaths.length > 0 && { otherPaths }),
        ...(stream !== undefined && { stream }),
        lostBytes,
        isWhole: file.size !== null && file.size > 0 && lostBytes >= file.size,
        ranges,
        unknown: [...new Set(unknown)],
      });
    }
    this.#found = new Map();
    this.#skippedId = null;
  }

  finish(): { files: readonly DamagedFile[]; moreFiles: number } {
    const files = this.#named.sort(
      (a, b) => a.volume - b.volume || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    );
    return { files, moreFiles: this.#more };
  }

  /** The entry of a file; none once the limit is reached. */
  #of(volume: number, { id, kind, size }: FileRecord, stream?: FilePart['stream']): Found | undefined {
    const key = `${id} ${stream?.name ?? ''}`;
    const known = this.#found.get(key);
    if (known) return known;
    if (this.#named.length + this.#found.size >= this.#limit) {
      if (id !== this.#skippedId) this.#skipped = new Set();
      this.#skippedId = id;
      if (!this.#skipped.has(key)) this.#more += 1;
      this.#skipped.add(key);
      return undefined;
    }
    const found: Found = {
      id,
      volume,
      kind: kind === 'dir' ? kind : 'file',
      stream: stream?.name,
      size: stream ? stream.size : size,
      ranges: [],
      unknown: [],
    };
    this.#found.set(key, found);
    return found;
  }

  /** What is lost of a part. */
  #lost(part: FilePart, first: number, size: number | null, unitSectors: number): LostRange[] {
    const start = first + part.sector;
    const end = size ?? Number.POSITIVE_INFINITY;
    return STATUSES.flatMap((status) =>
      this.#unreadable[status].overlaps(start, part.sectorCount).flatMap(([sector, sectorCount]) => {
        const isPacked = part.role === 'packed';
        const fileOffset = (part.fileSector + (isPacked ? 0 : sector - start)) * SECTOR_SIZE;
        const whole = (isPacked ? PACKED_CLUSTERS * unitSectors : sectorCount) * SECTOR_SIZE;
        const byteLength = Math.min(whole, end - fileOffset);
        return byteLength > 0 ? [{ status, sector, sectorCount, fileOffset, byteLength }] : [];
      }),
    );
  }
}

/** Whether bytes of a part lie beyond the end of the volume. */
function isCutOff({ role, sector, sectorCount, fileSector }: FilePart, end: number, size: number | null) {
  if (sector + sectorCount <= end) return false;
  const firstBeyond = fileSector + (role === 'packed' ? 0 : Math.max(0, end - sector));
  return size === null || firstBeyond * SECTOR_SIZE < size;
}

/** The bytes of ascending ranges, those in several of them once. */
function lengthOf(ranges: readonly LostRange[]): number {
  let total = 0;
  let reached = 0;
  for (const { fileOffset, byteLength } of ranges) {
    const end = fileOffset + byteLength;
    total += Math.max(0, end - Math.max(fileOffset, reached));
    reached = Math.max(reached, end);
  }
  return total;
}
