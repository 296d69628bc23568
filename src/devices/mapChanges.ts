import { mapfilePath, type RemapDevice } from '../engine';
import { otherMapPaths } from './rescueMaps';

/** The devices of which one of these files is a rescue map that they use. */
export function devicesWithMaps(paths: ReadonlySet<string>, devices: readonly RemapDevice[]): RemapDevice[] {
  return devices.filter(({ spec: { main, map, spares } }) =>
    [map ?? mapfilePath(main), ...spares.map(mapfilePath)].some((path) => paths.has(path)),
  );
}

/** Whether one of these files is a rescue map of one of the images, or would be offered as one if it is a map. */
export function mayBeMaps(paths: ReadonlySet<string>, images: Iterable<string>): boolean {
  for (const image of images) {
    if (paths.has(mapfilePath(image)) || otherMapPaths(image).some((path) => paths.has(path))) return true;
  }
  return false;
}
