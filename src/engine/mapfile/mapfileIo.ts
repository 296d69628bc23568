import { inSlices } from '../concurrency/slices';
import type { Mapfile } from './mapfile';
import { readMapfile } from './mapfileParser';
import { readTextFile } from './textFile';

/**
 * Reads a rescue map. The file is opened by name each time, since ddrescue replaces it while it works.
 * @throws RemapError the code of the failed file operation, `ENOENT` for instance; `EINVAL` with the line that is wrong
 */
export async function loadMapfile(path: string): Promise<Mapfile> {
  return inSlices(readMapfile(await readTextFile(path), { path }));
}
