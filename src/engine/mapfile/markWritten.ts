import { DUST_TAG } from '../block/mediumFault';
import {
  faultTagOf,
  isInjected,
  MediumSectors,
  READABLE,
  type SectorState,
  withFound,
} from '../block/mediumSectors';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import { RescueMapFile } from './rescueMapFile';

/**
 * Notes in the rescue map of an image that no device has open that sectors were written: they are rescued then. Of what was
 * injected, dust heals, and an error stays. Does nothing without a map.
 * @param sectorCount whole sectors of the image
 * @returns whether the map has changed
 * @throws RemapError the code of the failed file operation; `EINVAL` with the line of a damaged map
 */
export async function markWritten(
  path: string,
  sectorCount: number,
  written: ReadonlyRangeSet,
): Promise<boolean> {
  const file = new RescueMapFile(path, sectorCount);
  for (;;) {
    const medium = await file.readMedium();
    if (!medium) return false;
    const states = changesBy(
      written,
      new MediumSectors(medium.badSectors, medium.notRescued, medium.injected),
    );
    if (states.runCount === 0) return false;
    // Another program may write the map meanwhile: what it says then counts.
    if (await (await file.prepare({ states }))?.commit()) return true;
  }
}

function changesBy(written: ReadonlyRangeSet, sectors: MediumSectors): RangeSet {
  const states = new RangeSet();
  for (const run of written) {
    for (const { first, sectorCount, state } of sectors.statesIn(...run)) {
      const after = stateAfterWrite(state);
      if (after !== state) states.add(first, sectorCount, after);
    }
  }
  return states;
}

function stateAfterWrite(state: SectorState): SectorState {
  const stays = isInjected(state) && (faultTagOf(state) & DUST_TAG) === 0;
  return stays ? withFound(state, READABLE) : READABLE;
}
