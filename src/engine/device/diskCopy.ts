import { copyFile } from 'node:fs/promises';
import { copyImage } from '../block/copyImage';
import { mapfilePath } from './disk';

/** Copies an image, and the mapfile beside it if there is one. Errors: {@link copyImage}; those of copying the mapfile. */
export async function copyDisk(
  source: string,
  target: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await copyImage(source, target, options);
  await copyFile(mapfilePath(source), mapfilePath(target)).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
