import { type FileSystem, nodeFiles, type OpenFile } from '../../../src/engine/outside/fileSystem';
import type { Transfer } from '../../../src/engine/outside/transfer';
import { errno } from '../block/faultyIo';
import { wrapFile, wrapOpen } from './wrapFile';

/**
 * A small disk that makes no holes, as NTFS and ReFS do of themselves: a file takes all bytes up to its end, whether they
 * were written or not.
 */
export class QuotaFs {
  readonly #charged = new Map<string, number>();
  readonly #paths = new Map<number, string>();

  constructor(public quotaBytes: number) {}

  get usedBytes(): number {
    return [...this.#charged.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  readonly files: FileSystem = {
    ...nodeFiles,
    io: {
      ...nodeFiles.io,
      write: (...[fd, buffer, offset, length, position, done]: Parameters<Transfer>) => {
        const path = this.#paths.get(fd);
        if (path !== undefined && !this.#charge(path, position + length)) {
          setImmediate(done, errno('ENOSPC'), 0);
          return;
        }
        nodeFiles.io.write(fd, buffer, offset, length, position, done);
      },
    },
    open: wrapOpen(nodeFiles, (file, path) => this.#track(file, path)),
    rename: async (from, to) => {
      await nodeFiles.rename(from, to);
      this.#charged.set(to, this.#charged.get(from) ?? 0);
      this.#charged.delete(from);
    },
    unlink: async (path) => {
      await nodeFiles.unlink(path);
      this.#charged.delete(path);
    },
  };

  #track(file: OpenFile, path: string): OpenFile {
    const { fd } = file;
    this.#paths.set(fd, path);
    const grow = async (byBytes: number): Promise<void> => {
      const { size } = await file.stat();
      if (!this.#charge(path, size + byBytes)) throw errno('ENOSPC');
    };
    return wrapFile(file, {
      truncate: async (length = 0) => {
        if (!this.#charge(path, length)) throw errno('ENOSPC');
        return file.truncate(length);
      },
      appendFile: async (data, options) => {
        await grow(data.length);
        return file.appendFile(data, options);
      },
      writeFile: (async (data: string) => {
        await grow(data.length);
        return file.writeFile(data);
      }) as OpenFile['writeFile'],
      close: async () => {
        this.#paths.delete(fd);
        return file.close();
      },
    });
  }

  /** Charges a file for its bytes up to an end; false if there is no room for them. */
  #charge(path: string, end: number): boolean {
    const charged = this.#charged.get(path) ?? 0;
    if (end <= charged) return true;
    if (this.usedBytes - charged + end > this.quotaBytes) return false;
    this.#charged.set(path, end);
    return true;
  }
}
