import { copyFile } from 'node:fs/promises';
import { copyImage } from '../block/copyImage';
import { mapfilePath } from './disk';

/**
 * Copies an image, and the mapfile beside it if there is one.
 * @throws RemapError as {@link copyImage}, and the system's error when the mapfile can't be copied
 */
export async function copyImageAndMapfile(
  source: string,
  target: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await copyImage(source, target, options);
  await copyFile(mapfilePath(source), mapfilePath(target)).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
