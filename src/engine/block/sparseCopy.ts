import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import type { OpenFile } from '../outside/fileSystem';
import { removeFile } from '../outside/patience';
import { fileError } from './fileError';

/** How much is copied at a time. */
const COPY_CHUNK_BYTES = 2 ** 20;

/** Bytes that are copied to a file, a chunk at a time. */
export interface CopySource {
  readonly size: number;
  /** Fills the buffer, and answers how many bytes there were. All buffers but the last are chunks of 1 MiB. */
  read(buffer: Buffer, byteOffset: number): Promise<number>;
  /** Where at or after a byte others than zeros may be; absent: anywhere. What lies before it is not read. */
  nextData?(byteOffset: number): number;
}

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the whole is copied, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** The copy survives a power loss. */
  readonly isDurable?: boolean;
}

/**
 * Copies bytes to a new file, sparse wherever they are zeros. An existing file is never overwritten, and a copy that fails
 * leaves no file.
 * @throws RemapError `EACCES`, `EEXIST`, `ENOENT`, `ENOSPC`, `EROFS`, `EIO`; `ECANCELED` when the signal ends it
 */
export async function copySparse(source: CopySource, target: string, options: CopyOptions): Promise<void> {
  try {
    const to = await doors.files.open(target, 'wx');
    try {
      await doors.files.makeSparse(target);
      await to.truncate(source.size);
      await copyChunks(source, to, options);
      if (options.isDurable) await to.sync();
      await to.close();
    } catch (error) {
      await to.close();
      await removeFile(target);
      throw error;
    }
  } catch (error) {
    throw fileError(error, target, 'create');
  }
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new RemapError('ECANCELED', 'the copying was cancelled');
}

async function copyChunks(
  source: CopySource,
  to: OpenFile,
  { signal, onProgress }: CopyOptions,
): Promise<void> {
  const chunk = Buffer.alloc(COPY_CHUNK_BYTES);
  const zeros = Buffer.alloc(COPY_CHUNK_BYTES);
  for (let at = 0; at < source.size; at += COPY_CHUNK_BYTES) {
    throwIfCancelled(signal);
    onProgress?.(at / source.size);
    const next = source.nextData?.(at) ?? at;
    if (next >= at + COPY_CHUNK_BYTES) {
      at = Math.floor(Math.min(next, source.size) / COPY_CHUNK_BYTES - 1) * COPY_CHUNK_BYTES;
      continue;
    }
    const wanted = chunk.subarray(0, Math.min(COPY_CHUNK_BYTES, source.size - at));
    const bytes = wanted.subarray(0, await source.read(wanted, at));
    if (!bytes.equals(zeros.subarray(0, bytes.length))) await writeAll(to, bytes, at);
  }
}

async function writeAll(to: OpenFile, bytes: Buffer, byteOffset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await to.write(bytes, done, bytes.length - done, byteOffset + done);
    done += bytesWritten;
  }
}
