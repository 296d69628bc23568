import { copyImage } from '../block/copyImage';
import { fileError } from '../block/fileError';
import { RemapError } from '../errors';
import { readTextFile } from '../mapfile/textFile';
import { doors } from '../outside/doors';
import { removeFile } from '../outside/patience';
import { mapfilePath } from './disk';

/**
 * Copies an image, and its mapfile if there is one: that goes beside the copy. If either can't be copied, neither copy is
 * left. No file is overwritten.
 * @throws RemapError as {@link copyImage} and `readTextFile`, and the code of the operation when the mapfile can't be
 * written
 */
export async function copyImageAndMapfile(
  source: string,
  target: string,
  options: { readonly signal?: AbortSignal | undefined; readonly map?: string | undefined } = {},
): Promise<void> {
  const map = await readTextFile(options.map ?? mapfilePath(source)).catch((error) => {
    if (error instanceof RemapError && error.code === 'ENOENT') return null;
    throw error;
  });
  await copyImage(source, target, options);
  if (!map) return;
  const copiedMap = mapfilePath(target);
  try {
    await doors.files.writeFile(copiedMap, map, { flag: 'wx' });
  } catch (error) {
    const isOurs = (error as NodeJS.ErrnoException).code !== 'EEXIST';
    const made = isOurs ? [target, copiedMap] : [target];
    await Promise.allSettled(made.map((path) => removeFile(path)));
    throw fileError(error, copiedMap, 'create');
  }
}
