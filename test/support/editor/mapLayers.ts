import type { MapKind, MapLayer, MapPart } from '../../../src/shared/sectorMap';

/** The map of a whole view with a bucket for each of its sectors. */
export const eachSector = (sectorCount: number): MapPart => ({
  firstSector: 0,
  sectorCount,
  bucketCount: sectorCount,
});

/** The kinds of which a bucket has sectors, sorted by name. */
export const kindsIn = (layers: readonly MapLayer[], bucket: number): MapKind[] =>
  layers
    .filter(({ counts }) => counts[bucket]! > 0)
    .map(({ kind }) => kind)
    .sort();

/** How many sectors of a kind there are. */
export const countOf = (layers: readonly MapLayer[], kind: MapKind): number =>
  layers
    .filter((layer) => layer.kind === kind)
    .reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0);
