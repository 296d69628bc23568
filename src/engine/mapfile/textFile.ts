import { dirname } from 'node:path';
import { fileError } from '../block/fileError';
import { compareIds, type FileIdentity } from '../block/fileIdentity';
import { readRegularFile } from '../block/regularFile';
import { temporaryPathFor } from '../block/temporaryFile';
import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import { constants, type FileStats, type OpenFile } from '../outside/fileSystem';
import { removeFile, renameFile } from '../outside/patience';
import { realPathOf, syncFolder } from '../outside/refusals';

/** Enough for ten million bad sectors, and so little that most disk images are refused. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Lines that are written at once: with this many, writing in pieces costs no more than writing the whole text. */
const LINES_PER_PIECE = 2048;

/**
 * The bytes of a text file.
 * @throws RemapError the code of the failed file operation, `ENOENT` for instance; `EINVAL` for a folder, a device, a
 * pipe or a file of more than 256 MiB
 */
export async function readTextFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, { kind: 'a list of bad sectors', maxBytes: MAX_BYTES });
  } catch (error) {
    throw fileError(error, path, 'open');
  }
}

/** Which writing of a file it is: another program's is another one. */
export interface FileVersion extends FileIdentity {
  readonly byteLength: number;
  readonly mtimeNs: bigint;
}

/** Whether two versions are the same; null: there is no file. */
export function isSameVersion(one: FileVersion | null, other: FileVersion | null): boolean {
  if (!one || !other) return one === other;
  return isSameState(one, other) && compareIds(one, other) !== 'other';
}

function isSameState(one: FileVersion, other: FileVersion): boolean {
  return one.byteLength === other.byteLength && one.mtimeNs === other.mtimeNs;
}

/**
 * The version of the file at a path. One that isn't the known one is looked at twice: where its numbers change between
 * looks they mean nothing, as on shares of VirtualBox, and count as not known.
 * @throws RemapError the code of the failed file operation
 */
export async function versionOf(path: string, known: FileVersion | null = null): Promise<FileVersion | null> {
  try {
    const first = asVersion(await doors.files.stat(path));
    if (isSameVersion(first, known)) return known;
    const version = asVersion(await doors.files.stat(path));
    const isMadeUp = isSameState(first, version) && compareIds(first, version) === 'other';
    return isMadeUp ? { ...version, dev: 0n, ino: 0n } : version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileError(error, path, 'open');
  }
}

/** A text that is written and durable, beside the file whose place it takes. */
export interface StagedText {
  /**
   * Puts it in the file's place, so that a reader who opens it by name, at any moment and after any crash, finds the
   * old or the new text whole.
   * @param expected the version that it replaces, null: none is there; absent: any
   * @returns its own version; undefined if the file's is another than expected: then nothing has changed
   * @throws RemapError the code of the failed file operation; the old text is untouched then, unless {@link isInPlace}
   */
  commit(expected?: FileVersion | null): Promise<FileVersion | undefined>;
  /**
   * The file has this text. After a commit that failed it isn't known to be durable: the folder couldn't be flushed, and a
   * power loss may leave either text.
   */
  readonly isInPlace: boolean;
  discard(): Promise<void>;
}

/**
 * Writes a text that is to replace a text file, or to create it. Keeps its permissions, and follows a symbolic link.
 * Characters are bytes (Latin-1).
 * @throws RemapError the code of the failed file operation, `ENOSPC` for instance, `EACCES` for a file that may not be
 * written; the reason of the signal once it is aborted
 */
export async function stageTextFile(
  path: string,
  text: Iterable<string>,
  signal?: AbortSignal,
): Promise<StagedText> {
  const target = await realPathOf(path).catch(() => path);
  const temporary = temporaryPathFor(target);
  const discard = (): Promise<void> => removeFile(temporary).catch(() => undefined);
  const failed = async (error: unknown): Promise<never> => {
    await discard();
    throw signal?.aborted ? signal.reason : fileError(error, path, 'create');
  };
  const version = await writeTemporary(temporary, await modeOf(target, path), text, signal).catch(failed);
  let isInPlace = false;
  const commit = async (expected?: FileVersion | null): Promise<FileVersion | undefined> => {
    if (expected !== undefined && !isSameVersion(await versionOf(path, expected), expected)) {
      await discard();
      return undefined;
    }
    await renameFile(temporary, target).catch(failed);
    isInPlace = true;
    await syncFolder(dirname(target)).catch((error) => {
      throw uncertain(path, error);
    });
    return version;
  };
  return {
    commit,
    discard,
    get isInPlace() {
      return isInPlace;
    },
  };
}

/** The error of a text that has its place, which a power loss may take back. */
function uncertain(path: string, cause: Error): RemapError {
  const message = `${path} was replaced, but its folder can't be flushed (${cause.message}), so a power loss may leave the old text or the new one: check the disk, then do it again`;
  return new RemapError('EIO', message, { path }, { cause });
}

async function writeTemporary(
  temporary: string,
  mode: number,
  text: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<FileVersion> {
  const file = await doors.files.open(temporary, 'wx', mode);
  try {
    for (const piece of text) {
      signal?.throwIfAborted();
      await file.appendFile(piece, 'latin1');
    }
    await file.sync();
    return asVersion(await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

/** The permissions of a file that may be replaced; those of a new one if there is none. */
async function modeOf(target: string, path: string): Promise<number> {
  try {
    const file = await doors.files.open(target, 'r+');
    const { mode } = await file.stat().finally(() => file.close());
    return mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0o666;
    throw fileError(error, path, 'change');
  }
}

/**
 * Adds to the end of a text file; what was added is durable then.
 * @param expected the version of the file
 * @returns the new version; undefined if another program wrote it, before or meanwhile: what was added may be in it then
 * @throws RemapError the code of the failed file operation; the file is as it was then
 */
export async function appendToTextFile(
  path: string,
  text: string,
  expected: FileVersion,
): Promise<FileVersion | undefined> {
  let file: OpenFile | undefined;
  try {
    file = await doors.files.open(path, constants.O_RDWR | constants.O_APPEND);
    if (!isSameVersion(asVersion(await file.stat({ bigint: true })), expected)) return undefined;
    await appendDurably(file, text, expected.byteLength);
    const version = asVersion(await file.stat({ bigint: true }));
    const isOurs = version.byteLength === expected.byteLength + text.length;
    return isOurs && isSameVersion(await versionOf(path, version), version) ? version : undefined;
  } catch (error) {
    throw fileError(error, path, 'change');
  } finally {
    await file?.close();
  }
}

/** A part that could be written is cut off again, unless another program has written after it. */
async function appendDurably(file: OpenFile, text: string, byteLength: number): Promise<void> {
  try {
    await file.appendFile(text, 'latin1');
    await file.datasync();
  } catch (error) {
    if ((await file.stat()).size <= byteLength + text.length) await file.truncate(byteLength);
    throw error;
  }
}

/**
 * Copies a file that is about to be changed under a name that nothing has yet; the copy is durable then.
 * @returns its path: `PATH.bak`, or the first of `PATH.bak.1`, `PATH.bak.2` ... that is free
 * @throws RemapError the code of the failed file operation; `EACCES` for a file that may not be written
 */
export async function keepCopy(path: string): Promise<string> {
  await modeOf(path, path);
  for (let number = 0; ; number++) {
    const copy = number === 0 ? `${path}.bak` : `${path}.bak.${number}`;
    try {
      await doors.files.copyFile(path, copy, constants.COPYFILE_EXCL);
      await syncFile(copy);
      await syncFolder(dirname(copy));
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      await removeFile(copy).catch(() => undefined);
      throw fileError(error, copy, 'create');
    }
  }
}

function asVersion({ dev, ino, size, mtimeNs }: FileStats): FileVersion {
  return { dev, ino, byteLength: Number(size), mtimeNs };
}

/** Lines as a text, in pieces of {@link LINES_PER_PIECE} lines. */
export function* joinLines(lines: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < LINES_PER_PIECE) continue;
    yield `${piece.join('\n')}\n`;
    piece = [];
  }
  if (piece.length > 0) yield `${piece.join('\n')}\n`;
}

async function syncFile(path: string): Promise<void> {
  const file = await doors.files.open(path, 'r+');
  await file.sync().finally(() => file.close());
}
