import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type FileStats,
  type FileSystem,
  nodeFiles,
  type OpenFile,
} from '../../../src/engine/outside/fileSystem';
import { errno } from '../block/faultyIo';
import { wrapFile } from './wrapFile';

/**
 * What a look at a file tells of its numbers: a path none of the device (libuv 1.49 to 1.50), or for a moment none at all
 * (under a virus scanner); handles neither; all files the same; or another one at each look.
 */
export type Numbers = 'true' | 'no device' | 'none by path' | 'none' | 'equal' | 'changing';

/** Windows, as far as it is another file system than ours. Tests change its fields. */
export class WindowsFs {
  numbers: Numbers = 'true';
  /** So often each rename and each removal finds its file open elsewhere. */
  busyTimes = 0;
  /** False on exFAT. */
  hasLinks = true;
  /** False on RAM disks. */
  hasRealPaths = true;
  /** Renames and removals that were refused. */
  refused = 0;
  #looks = 0n;
  readonly #tried = new Map<string, number>();
  readonly #open = new Map<string, number>();

  readonly files: FileSystem = {
    ...nodeFiles,
    io: {
      ...nodeFiles.io,
      stat: (path, options, done) =>
        nodeFiles.io.stat(this.#find(path), options, (error, found) =>
          done(error, error ? found : { ...found, size: found.size, ...this.#byPath(found) }),
        ),
    },
    open: async (path, flags, mode) => {
      const found = this.#find(path);
      return this.#track(await nodeFiles.open(found, flags, mode), found);
    },
    stat: async (path) => {
      const stats = await nodeFiles.stat(this.#find(path));
      return Object.assign(stats, this.#byPath(stats));
    },
    lstat: (path) => nodeFiles.lstat(this.#find(path)),
    readdir: (folder) => nodeFiles.readdir(this.#find(folder)),
    realpath: async (path) => {
      if (!this.hasRealPaths) throw errno('EISDIR');
      return nodeFiles.realpath(this.#find(path));
    },
    link: async (existing, added) => {
      if (!this.hasLinks) throw errno('EISDIR');
      return nodeFiles.link(this.#find(existing), this.#find(added));
    },
    rename: async (from, to) => {
      const target = this.#find(to);
      this.#refuse(target);
      // Not even a program that has it open itself may replace it.
      if (this.#open.has(target)) throw errno('EPERM');
      return nodeFiles.rename(this.#find(from), target);
    },
    unlink: async (path) => {
      const found = this.#find(path);
      this.#refuse(found);
      return nodeFiles.unlink(found);
    },
    copyFile: (source, target, mode) => nodeFiles.copyFile(this.#find(source), this.#find(target), mode),
  };

  /** What a path leads to in a folder whose names have no case. */
  #find(path: string): string {
    if (existsSync(path)) return path;
    const folder = dirname(resolve(path));
    const name = basename(path);
    try {
      const names = readdirSync(folder);
      const found = names.find((other) => other.toLowerCase() === name.toLowerCase());
      return found === undefined ? path : join(folder, found);
    } catch {
      return path;
    }
  }

  #refuse(path: string): void {
    const tried = this.#tried.get(path) ?? 0;
    if (tried >= this.busyTimes) {
      this.#tried.delete(path);
      return;
    }
    this.#tried.set(path, tried + 1);
    this.refused++;
    throw errno(['EPERM', 'EACCES', 'EBUSY'][tried % 3]!);
  }

  #track(file: OpenFile, path: string): OpenFile {
    this.#open.set(path, (this.#open.get(path) ?? 0) + 1);
    return wrapFile(file, {
      stat: (async (options: { bigint: true }) => {
        const stats: FileStats = await file.stat(options);
        return Object.assign(stats, this.#byHandle(stats));
      }) as unknown as OpenFile['stat'],
      close: async () => {
        const count = this.#open.get(path)! - 1;
        if (count === 0) this.#open.delete(path);
        else this.#open.set(path, count);
        await file.close();
      },
    });
  }

  #byHandle(stats: Ids): Ids {
    const { dev, ino } = stats;
    if (typeof dev !== 'bigint') return { dev, ino };
    if (this.numbers === 'none') return { dev: 0n, ino: 0n };
    if (this.numbers === 'equal') return { dev: 1n, ino: 1n };
    return { dev, ino };
  }

  #byPath(stats: Ids): Ids {
    if (this.numbers === 'no device') return { dev: 0n, ino: stats.ino };
    if (this.numbers === 'none by path') return { dev: 0n, ino: 0n };
    if (this.numbers === 'changing') return { dev: stats.dev, ino: stats.ino + ++this.#looks };
    return this.#byHandle(stats);
  }
}

interface Ids {
  readonly dev: bigint;
  readonly ino: bigint;
}
