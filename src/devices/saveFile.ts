import type { Task } from '../contract/task';
import { type FileContents, SECTOR_SIZE } from '../engine';
import { type AtBadParts, type Piece, piecesOf, savePieces } from './savePieces';

/** Read at a time. */
const CHUNK_SECTORS = 2048;

/**
 * Writes a file's contents to a new file.
 * @returns how many bytes could not be read
 * @throws RemapError as `savePieces`
 */
export function saveFile(
  contents: FileContents,
  path: string,
  atBadParts: AtBadParts,
  task: Task,
): Promise<number> {
  return savePieces(readPieces(contents), contents.size, path, atBadParts, task);
}

async function* readPieces(contents: FileContents): AsyncIterable<Piece> {
  for (let at = 0; at < contents.sectorCount; at += CHUNK_SECTORS) {
    const count = Math.min(CHUNK_SECTORS, contents.sectorCount - at);
    const { bytes, unreadable } = await contents.read(at, count);
    const base = at * SECTOR_SIZE;
    const inFile = bytes.subarray(0, contents.size - base);
    yield* piecesOf(inFile, base, unreadable, (sector) => `byte ${sector * SECTOR_SIZE} of the file`);
  }
}
