import { access, constants, stat } from 'node:fs/promises';
import {
  type BlockDevice,
  BlockError,
  compareIds,
  type FileIdentity,
  imageContainer,
  openImage,
  openRegularFile,
  RemapError,
  readSectors,
  type SectorRange,
} from '../engine';
import { SECTOR_SIZE } from '../shared/protocol';

const LOOKING = { readOnly: true, lock: false, anyFormat: true };

/** A file of any size as sectors; the last one may be shorter. Read by position, never whole. */
export class ImageFile {
  private constructor(
    readonly path: string,
    readonly byteCount: number,
    private readonly identity: FileIdentity,
    readonly isWritable: boolean,
    /** The format that packs a disk or anything else into the file, `qcow2` say; null for plain bytes. */
    readonly container: string | null,
    /** The whole sectors; null for a file shorter than one. */
    readonly sectors: BlockDevice | null,
  ) {}

  /** @throws RemapError `ENOENT`, `EACCES`, `EINVAL` for anything but a regular file */
  static async open(path: string): Promise<ImageFile> {
    const { size, identity, isProtected } = await look(path);
    const sectors = size < SECTOR_SIZE ? null : await openImage(path, LOOKING);
    const container = (await imageContainer(path))?.format ?? null;
    const mayWrite = access(path, constants.W_OK).then(
      () => true,
      () => false,
    );
    return new ImageFile(path, size, identity, !isProtected && (await mayWrite), container, sectors);
  }

  /**
   * True if the path leads to another file now, or the file has another size.
   * @throws RemapError `ENOENT` if it is gone
   */
  async isOutdated(): Promise<boolean> {
    const { size, identity } = await look(this.path);
    return size !== this.byteCount || compareIds(identity, this.identity) === 'other';
  }

  /** Reads sectors inside the file. Those that the computer's disk can't read are zeros and listed in `failed`. */
  async read(
    firstSector: number,
    sectorCount: number,
    into?: Uint8Array,
  ): Promise<{ bytes: Uint8Array; failed: SectorRange[] }> {
    const byteCount = Math.min(sectorCount * SECTOR_SIZE, this.byteCount - firstSector * SECTOR_SIZE);
    const whole = Math.floor(byteCount / SECTOR_SIZE);
    const tail = byteCount % SECTOR_SIZE;
    const options = into && { into };
    const read =
      this.sectors && whole > 0 ? await readSectors(this.sectors, firstSector, whole, options) : null;
    if (read && tail === 0) return read;
    const bytes = new Uint8Array(byteCount);
    if (read) bytes.set(read.bytes);
    await this.#readTail(bytes.subarray(whole * SECTOR_SIZE));
    return { bytes, failed: read?.failed ?? [] };
  }

  /**
   * Overwrites sectors in place, durably, holding the image's lock.
   * @throws RemapError `EBUSY` while a device or another window has the image open for writing, `EACCES`, `EROFS`,
   * `ENOSPC`, `EIO` when the file became shorter
   */
  async write(firstSector: number, bytes: Uint8Array): Promise<void> {
    if ((await look(this.path)).size < this.byteCount) throw shrunk(this.path);
    const whole = Math.floor(bytes.length / SECTOR_SIZE) * SECTOR_SIZE;
    const writer = this.sectors && (await openImage(this.path));
    try {
      if (writer && whole > 0) await writer.write(firstSector, bytes.subarray(0, whole));
      if (whole < bytes.length) await this.#writeTail(bytes.subarray(whole));
      await writer?.flush();
    } finally {
      await writer?.close();
    }
  }

  async close(): Promise<void> {
    await this.sectors?.close();
  }

  get #tailOffset(): number {
    return this.byteCount - (this.byteCount % SECTOR_SIZE);
  }

  async #readTail(buffer: Uint8Array): Promise<void> {
    const handle = await openRegularFile(this.path, 'r', 'a file');
    try {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#tailOffset);
      if (bytesRead < buffer.length) throw shrunk(this.path);
    } finally {
      await handle.close();
    }
  }

  async #writeTail(bytes: Uint8Array): Promise<void> {
    const handle = await openRegularFile(this.path, 'r+', 'a file');
    try {
      // A write beyond the end of a file that was shortened would lengthen it, with zeros for what it lost (R13).
      if ((await handle.stat()).size < this.byteCount) throw shrunk(this.path);
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, this.#tailOffset);
      await handle.datasync();
      if (bytesWritten === bytes.length) return;
      const failed: SectorRange[] = [[Math.floor(this.#tailOffset / SECTOR_SIZE), 1]];
      throw new BlockError('EIO', `${this.path}: the last sector was not written whole`, failed);
    } finally {
      await handle.close();
    }
  }
}

interface FileLook {
  readonly size: number;
  readonly identity: FileIdentity;
  /** True if its mode lets no user write: then the editor does not either, even when the superuser runs it. */
  readonly isProtected: boolean;
}

async function look(path: string): Promise<FileLook> {
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new RemapError('ENOENT', `${path} does not exist`, { path }, { cause: error });
  });
  if (!found.isFile()) throw new RemapError('EINVAL', `${path} is not a regular file`, { path });
  return {
    size: Number(found.size),
    identity: found,
    isProtected: (found.mode & 0o222n) === 0n,
  };
}

function shrunk(path: string): RemapError {
  return new RemapError('EIO', `${path} became shorter since it was read`, { path });
}
