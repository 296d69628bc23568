import type { MediumEdit } from '../../../src/engine/block/mediumEditor';
import { injectedState, READABLE } from '../../../src/engine/block/mediumSectors';
import { RangeSet, type ReadonlyRangeSet } from '../../../src/engine/block/rangeSet';
import { atOnce } from '../../../src/engine/concurrency/slices';
import { formatMapfile, type Mapfile } from '../../../src/engine/mapfile/mapfile';
import { type MapfileOptions, readMapfile } from '../../../src/engine/mapfile/mapfileParser';
import { type LoadedMedium, mediumOf, withEdit } from '../../../src/engine/mapfile/mediumState';

/** The rescue map in the bytes of a file. */
export function parseMapfile(bytes: Uint8Array, options: MapfileOptions): Mapfile {
  return atOnce(readMapfile(bytes, options));
}

/** The rescue map in a text; errors name the file `a.map`. */
export function parseText(text: string): Mapfile {
  return parseMapfile(Buffer.from(text, 'latin1'), { path: 'a.map' });
}

export function formatText(mapfile: Mapfile): string {
  return [...formatMapfile(mapfile)].join('');
}

/** The medium that a map describes. */
export function mediumIn(mapfile: Mapfile, sectorCount?: number): LoadedMedium {
  return atOnce(mediumOf(mapfile, sectorCount));
}

/** A map after an edit. */
export function edited(mapfile: Mapfile, edit: MediumEdit): Mapfile {
  return atOnce(withEdit(mapfile, edit));
}

/** What makes sectors bad, each with the fault of its tag. */
export function injection(badSectors: ReadonlyRangeSet): MediumEdit {
  const states = new RangeSet();
  for (const { first, sectorCount, tag } of badSectors.tagged()) {
    states.add(first, sectorCount, injectedState(READABLE, tag));
  }
  return { states };
}
