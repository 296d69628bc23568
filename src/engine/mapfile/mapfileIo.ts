import { SECTOR_SIZE } from '../block/blockDevice';
import { RemapError } from '../errors';
import { createMapfile, formatMapfile, type Mapfile } from './mapfile';
import { parseMapfile } from './mapfileParser';
import { healthyMedium, type LoadedMedium, type MediumState, mediumOf, withMedium } from './mediumState';
import { readTextFile, replaceTextFile } from './textFile';

/**
 * Reads a rescue map. The file is opened by name each time, since ddrescue replaces it while it works.
 * @throws RemapError the code of the failed file operation, `ENOENT` for instance; `EINVAL` with the line that is wrong
 */
export async function loadMapfile(path: string): Promise<Mapfile> {
  return parseMapfile(await readTextFile(path), { path });
}

/**
 * Writes a rescue map, whole or not at all.
 * @throws RemapError the code of the failed file operation: `EACCES`, `ENOSPC`, `EROFS` for instance
 */
export async function saveMapfile(path: string, mapfile: Mapfile): Promise<void> {
  await replaceTextFile(path, formatMapfile(mapfile));
}

/** The medium that a rescue map describes; a healthy one if there is no such file. Errors as {@link loadMapfile}. */
export async function loadMedium(path: string, sectorCount: number): Promise<LoadedMedium> {
  const mapfile = await loadIfPresent(path);
  return mapfile ? mediumOf(mapfile, sectorCount) : healthyMedium();
}

/**
 * Brings the rescue map of a medium up to date, or creates it; what else it says is kept. The medium's state is taken at one
 * moment, so it may change while this writes. Calls for one path must not overlap, or an older state may be written last.
 */
export async function saveMedium(
  path: string,
  medium: MediumState & { readonly sectorCount: number },
): Promise<void> {
  const { sectorCount } = medium;
  const mapfile = (await loadIfPresent(path)) ?? createMapfile(sectorCount * SECTOR_SIZE);
  await saveMapfile(path, withMedium(mapfile, medium, sectorCount));
}

async function loadIfPresent(path: string): Promise<Mapfile | undefined> {
  try {
    return await loadMapfile(path);
  } catch (error) {
    if (error instanceof RemapError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
