import type { DiskPlace, RemapDevice } from '../engine';

/** The image of a disk of a device, and where its rescue map is; empty: of a spare that is missing. */
export function filesOfDisk(
  { spec, details }: RemapDevice,
  place: DiskPlace,
): { readonly image: string; readonly map: string } {
  return {
    image: (place === 'main' ? spec.main : spec.spares[place]) ?? '',
    map: details.mediumOf(place)?.mapPath ?? '',
  };
}
