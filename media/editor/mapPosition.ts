import type { Geometry, ScrollModel } from './geometry';
import type { MapPosition } from './viewMap';

/**
 * Which part of a view is in the viewport. With folds, the position on the map is that of the topmost sector, and a fold in
 * view counts as no more than its row: rows and sectors don't go together then.
 */
export function positionOf(geometry: Geometry, scroll: ScrollModel): MapPosition {
  const { sectorCount, rowsPerSector } = geometry;
  const top = scroll.top / scroll.rowHeight;
  const shown = scroll.viewportHeight / scroll.rowHeight / rowsPerSector;
  if (!geometry.hasFolds) {
    const first = top / rowsPerSector;
    return { sectorCount, first, end: Math.min(first + shown, sectorCount), fraction: scroll.fraction };
  }
  const first = geometry.sectorOfRow(scroll.firstRow);
  const last = sectorCount - shown;
  const isAtEnd = scroll.fraction === 1 || last <= 0;
  const fraction = isAtEnd ? scroll.fraction : Math.min(1, first / last);
  return { sectorCount, first, end: Math.min(first + shown, sectorCount), fraction };
}

/** The scroll position at a fraction of the way through the view, 0 to 1, as {@link positionOf} counts it. */
export function scrollTopAt(fraction: number, geometry: Geometry, scroll: ScrollModel): number {
  if (!geometry.hasFolds || fraction >= 1) return fraction * scroll.maxTop;
  const shown = scroll.viewportHeight / scroll.rowHeight / geometry.rowsPerSector;
  const sector = Math.floor(Math.max(0, fraction) * Math.max(0, geometry.sectorCount - shown));
  return geometry.headingRow(sector) * scroll.rowHeight;
}
