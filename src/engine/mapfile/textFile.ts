import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../block/fileError';
import { readRegularFile } from '../block/regularFile';
import { temporaryPathFor } from '../block/temporaryFile';

/** Enough for ten million bad sectors, and so little that most disk images are refused. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Lines that are written at once: with this many, writing in pieces costs no more than writing the whole text. */
const LINES_PER_PIECE = 2048;

/**
 * The bytes of a text file.
 * @throws RemapError the code of the failed file operation, `ENOENT` for instance; `EINVAL` for a folder, a device, a pipe
 * or a file of more than 256 MiB
 */
export async function readTextFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, { kind: 'a list of bad sectors', maxBytes: MAX_BYTES });
  } catch (error) {
    throw fileError(error, path, 'open');
  }
}

/** A text that is durable beside a file, and ready to take its place. */
export interface StagedText {
  /** Lets it take the file's place. @throws RemapError the code of the failed file operation; it is removed then */
  commit(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/**
 * Replaces a text file, or creates it, so that a reader who opens it by name, at any moment and after any crash, finds the old
 * or the new text whole. Keeps its permissions, and follows a symbolic link. Characters are bytes (Latin-1).
 * @throws RemapError the code of the failed file operation, `ENOSPC` for instance; the old text is untouched then
 */
export async function replaceTextFile(path: string, text: Iterable<string>): Promise<void> {
  const staged = await stageTextFile(path, text);
  await staged.commit();
}

/** The part of {@link replaceTextFile} that may find no room or no permission. Errors as there; nothing is left then. */
export async function stageTextFile(path: string, text: Iterable<string>): Promise<StagedText> {
  let temporary: string | undefined;
  const discard = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
  };
  const orDiscard = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      await discard();
      throw fileError(error, path, 'create');
    }
  };
  const target = await realpath(path).catch(() => path);
  await orDiscard(async () => {
    const mode = await stat(target).then(
      (stats) => stats.mode & 0o777,
      () => 0o666,
    );
    temporary = temporaryPathFor(target);
    await writeDurably(temporary, text, mode);
  });
  const commit = () =>
    orDiscard(async () => {
      await rename(temporary!, target);
      await syncFolder(dirname(target));
    });
  return { commit, discard };
}

async function writeDurably(path: string, text: Iterable<string>, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await writeFile(file, text, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
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

/** Makes a rename durable. Windows can't sync a folder, and needn't. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
