import { SECTOR_SIZE } from '../block/blockDevice';
import { RangeSet } from '../block/rangeSet';
import { RemapError } from '../errors';
import { createMapfile, formatMapfile, type Mapfile } from './mapfile';
import { parseMapfile } from './mapfileParser';
import { type LoadedMedium, type MediumState, mediumOf, withMedium } from './mediumState';
import { readTextFile, replaceTextFile } from './textFile';

/**
 * Reads a mapfile, by name each time, since ddrescue replaces the file as it goes.
 * @throws RemapError `ENOENT`…, `EINVAL` with the line of what is wrong in it
 */
export async function loadMapfile(path: string): Promise<Mapfile> {
  return parseMapfile(await readTextFile(path), { path });
}

/**
 * Writes a mapfile whole or not at all.
 * @throws RemapError `EACCES`, `ENOSPC`, `EROFS`…
 */
export async function saveMapfile(path: string, mapfile: Mapfile): Promise<void> {
  await replaceTextFile(path, formatMapfile(mapfile));
}

/** The medium that a mapfile describes; a healthy one if there is no such file. Errors as {@link loadMapfile}. */
export async function loadMedium(path: string, sectorCount: number): Promise<LoadedMedium> {
  const mapfile = await loadIfPresent(path);
  return mapfile
    ? mediumOf(mapfile, sectorCount)
    : { badSectors: new RangeSet(), enabled: true, quiet: false };
}

/**
 * Brings the mapfile of a medium up to date, keeping what else it says, or creates it. The medium is looked at in one
 * moment; it may change while this writes. Calls for one path must not overlap, or the later may lose to the earlier.
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
