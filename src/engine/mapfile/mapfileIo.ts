import { inSlices } from '../concurrency/slices';
import type { Mapfile } from './mapfile';
import { readMapfile } from './mapfileParser';
import { type LoadedMedium, mediumOf } from './mediumState';
import { readTextFile } from './textFile';

/**
 * Reads a rescue map. The file is opened by name each time, since ddrescue replaces it while it works.
 * @throws RemapError the code of the failed file operation, `ENOENT` for instance; `EINVAL` with the line that is wrong
 */
export async function loadMapfile(path: string): Promise<Mapfile> {
  return inSlices(readMapfile(await readTextFile(path), { path }));
}

/** The medium that a rescue map describes: {@link mediumOf}. */
export function loadMedium(mapfile: Mapfile, sectorCount: number): Promise<LoadedMedium> {
  return inSlices(mediumOf(mapfile, sectorCount));
}
