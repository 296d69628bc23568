import { constants, copyFile, type FileHandle, open, unlink } from 'node:fs/promises';
import { RemapError } from '../errors';
import { fileError } from './fileError';

const CHUNK_BYTES = 2 ** 20;

/**
 * Copies an image. The copy shares the image's blocks where the file system can do that; otherwise it is sparse wherever
 * the image holds zeros. An existing file is never overwritten, and a copy that fails leaves no file.
 *
 * @throws RemapError `ENOENT`, `EACCES`, `EEXIST`, `ENOSPC`, `EROFS`, `EIO`; `ECANCELED` when the signal ends it
 */
export async function copyImage(
  source: string,
  target: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  throwIfCancelled(options.signal);
  if (await clone(source, target)) return;
  const from = await open(source, 'r').catch((error) => {
    throw fileError(error, source, 'open');
  });
  try {
    const to = await open(target, 'wx');
    try {
      await copySparse(from, to, options.signal);
      await to.close();
    } catch (error) {
      await to.close();
      await unlink(target);
      throw error;
    }
  } catch (error) {
    throw fileError(error, target, 'create');
  } finally {
    await from.close();
  }
}

/** Answers false where the file system can't share blocks, and for any other error: `copySparse` meets and reports it. */
async function clone(source: string, target: string): Promise<boolean> {
  return copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
}

async function copySparse(from: FileHandle, to: FileHandle, signal: AbortSignal | undefined): Promise<void> {
  const { size } = await from.stat();
  await to.truncate(size);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    throwIfCancelled(signal);
    const { bytesRead } = await from.read(chunk, 0, CHUNK_BYTES, at);
    const bytes = chunk.subarray(0, bytesRead);
    if (!bytes.equals(zeros.subarray(0, bytesRead))) await writeAll(to, bytes, at);
  }
}

async function writeAll(to: FileHandle, bytes: Buffer, byteOffset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await to.write(bytes, done, bytes.length - done, byteOffset + done);
    done += bytesWritten;
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new RemapError('ECANCELED', 'the copying was cancelled');
}
