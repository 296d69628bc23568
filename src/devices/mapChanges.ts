import { pathKey } from '../contract/pathKey';
import { mapfilePath, type RemapDevice } from '../engine';
import { otherMapPaths } from './rescueMaps';

/** The devices of which one of these files is a rescue map that they use. */
export function devicesWithMaps(paths: ReadonlySet<string>, devices: readonly RemapDevice[]): RemapDevice[] {
  const changed = keysOf(paths);
  return devices.filter(({ spec: { main, map, spares } }) =>
    [map ?? mapfilePath(main), ...spares.map(mapfilePath)].some((path) => changed.has(pathKey(path))),
  );
}

/** Whether one of these files is a rescue map of one of the images, or would be offered as one if it is a map. */
export function mayBeMaps(paths: ReadonlySet<string>, images: Iterable<string>): boolean {
  const changed = keysOf(paths);
  for (const image of images) {
    const maps = [mapfilePath(image), ...otherMapPaths(image)];
    if (maps.some((path) => changed.has(pathKey(path)))) return true;
  }
  return false;
}

function keysOf(paths: ReadonlySet<string>): Set<string> {
  return new Set([...paths].map((path) => pathKey(path)));
}
