import { doors } from '../outside/doors';
import { constants } from '../outside/fileSystem';
import { fileError } from './fileError';
import { openRegularFile } from './regularFile';
import { copySparse, throwIfCancelled } from './sparseCopy';

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
  const from = await openRegularFile(source, 'r', 'a disk image').catch((error) => {
    throw fileError(error, source, 'open');
  });
  try {
    if (await clone(source, target)) return;
    const { size } = await from.stat();
    const read = async (buffer: Buffer, at: number): Promise<number> =>
      (await from.read(buffer, 0, buffer.length, at)).bytesRead;
    await copySparse({ size, read }, target, options);
  } finally {
    await from.close();
  }
}

/** Answers false where the file system can't share blocks, and for any other error: `copySparse` meets and reports it. */
async function clone(source: string, target: string): Promise<boolean> {
  const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;
  return doors.files.copyFile(source, target, mode).then(
    () => true,
    () => false,
  );
}
