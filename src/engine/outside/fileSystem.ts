import {
  type BigIntStats,
  closeSync,
  fdatasync,
  fstatSync,
  openSync,
  read,
  readSync,
  realpathSync,
  type Stats,
  statSync,
  stat as statWithCallback,
  unlinkSync,
  write,
} from 'node:fs';
import * as promises from 'node:fs/promises';
import { dirname } from 'node:path';
import { dataRuns } from './dataRuns';
import { GatheredReads } from './gatheredReads';
import { startReaderThread } from './readerThread';
import { makeSparse } from './sparseFlag';
import type { Transfer } from './transfer';

export { constants } from 'node:fs';

/** An open file, as Node has it. */
export type OpenFile = Pick<
  promises.FileHandle,
  'fd' | 'read' | 'write' | 'writeFile' | 'appendFile' | 'truncate' | 'sync' | 'datasync' | 'stat' | 'close'
>;

/** What tells one state of a file from another, with exact numbers. */
export type FileStats = BigIntStats;

/** What a path leads to: which file, and its size in bytes. */
export interface FoundFile {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
}

/**
 * The system calls that an open image makes, as `node:fs` has them. An image takes them once, when it is opened. Callbacks
 * are never called before the function returns.
 */
export interface ImageIo {
  readonly read: Transfer;
  /** Whether a read of that length is best made at once, and not at the end of a turn: it is gathered with others here. */
  gathers?(byteLength: number): boolean;
  readonly write: Transfer;
  fdatasync(fd: number, done: (error: NodeJS.ErrnoException | null) => void): void;
  /** Looks at an open file in the calling thread. */
  fstatSync(fd: number): { readonly size: number; readonly nlink: number; readonly blocks: number };
  stat(
    path: string,
    options: { readonly bigint: true },
    done: (error: NodeJS.ErrnoException | null, stats: FoundFile) => void,
  ): void;
}

/** Calls that are made at once: while the process exits, or for the words of an error. */
type SyncCalls = Pick<
  typeof import('node:fs'),
  'openSync' | 'closeSync' | 'readSync' | 'fstatSync' | 'statSync' | 'realpathSync' | 'unlinkSync'
>;

/** Calls that are Node's own as they are. */
type NodeCalls = Pick<
  typeof promises,
  'access' | 'chmod' | 'mkdir' | 'mkdtemp' | 'readFile' | 'rm' | 'rmdir' | 'writeFile'
>;

/** What the engine asks of file systems. Errors are the system's, with its `code`. */
export interface FileSystem extends SyncCalls, NodeCalls {
  readonly io: ImageIo;
  /** Until the end that it returns: small reads of images that come in bulk are made by a thread that reads many at a time. */
  gatherReads(): () => void;
  open(path: string, flags: string | number, mode?: number): Promise<OpenFile>;
  stat(path: string): Promise<FileStats>;
  /** As `stat`, of a symbolic link itself. */
  lstat(path: string): Promise<Stats>;
  readdir(folder: string): Promise<string[]>;
  realpath(path: string): Promise<string>;
  /** Gives a file a second name, which must be free (`EEXIST`). */
  link(existing: string, added: string): Promise<void>;
  /** Replaces what has the new name. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  copyFile(source: string, target: string, mode: number): Promise<void>;
  /** Has holes made in a new, empty file, where the file system wants to be told so and can. */
  makeSparse(path: string): Promise<void>;
  /** Bytes that this user may still write where a file is; null: not known. */
  freeBytes(path: string): Promise<number | null>;
  /** Where a file has data: starts and ends in bytes by turns; elsewhere are holes. Null: can't be asked. */
  dataRuns(path: string): Promise<Float64Array | null>;
}

const { access, chmod, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } = promises;

const gatheredReads = new GatheredReads(read, startReaderThread);

/** The real file systems. */
export const nodeFiles: FileSystem = {
  ...{ access, chmod, mkdir, mkdtemp, readFile, rm, rmdir, writeFile },
  ...{ openSync, closeSync, readSync, fstatSync, statSync, realpathSync, unlinkSync },
  io: {
    read: gatheredReads.read,
    gathers: (byteLength) => gatheredReads.gathers(byteLength),
    ...{ write, fdatasync, fstatSync, stat: statWithCallback },
  },
  gatherReads: () => gatheredReads.use(),
  open: (path, flags, mode) => promises.open(path, flags, mode),
  stat: (path) => promises.stat(path, { bigint: true }),
  lstat: (path) => promises.lstat(path),
  readdir: (folder) => promises.readdir(folder),
  realpath: (path) => promises.realpath(path),
  link: promises.link,
  rename: promises.rename,
  unlink: promises.unlink,
  copyFile: promises.copyFile,
  makeSparse: (path) => makeSparse(path),
  freeBytes,
  dataRuns,
};

async function freeBytes(path: string): Promise<number | null> {
  return promises.statfs(dirname(path)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}
