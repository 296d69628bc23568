import { writeFile } from 'node:fs/promises';
import { copyImage } from '../block/copyImage';
import { RemapError } from '../errors';
import { readTextFile } from '../mapfile/textFile';
import { mapfilePath } from './disk';

/**
 * Copies an image, and the mapfile beside it if there is one.
 * @throws RemapError as {@link copyImage} and `readTextFile`, and the system's error when the mapfile can't be written
 */
export async function copyImageAndMapfile(
  source: string,
  target: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await copyImage(source, target, options);
  const map = await readTextFile(mapfilePath(source)).catch((error) => {
    if (error instanceof RemapError && error.code === 'ENOENT') return null;
    throw error;
  });
  if (map) await writeFile(mapfilePath(target), map);
}
