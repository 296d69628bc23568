import { RemapError } from '../engine';
import { type GoToTarget, SECTOR_SIZE, type ViewId } from '../shared/protocol';
import type { Bookmarks, BytePlace } from './bookmarks';
import type { SectorSource } from './sectorSource';

/** What a target is looked up in. */
export interface TargetPlaces {
  readonly uri: string;
  readonly source: Pick<SectorSource, 'markers' | 'remapAt'>;
  readonly bookmarks: Pick<Bookmarks, 'named'>;
}

/**
 * Where a target of the "go to" box is: the bookmark of a name, or the marker or remap entry of a number, counted from 1 by
 * sector.
 * @param view the view that is shown: a marker is gone to in it, if it has markers
 * @throws RemapError `ENOENT` if there is no such target
 */
export function locate(
  { uri, source, bookmarks }: TargetPlaces,
  view: ViewId,
  target: GoToTarget,
): BytePlace {
  if (target.kind === 'bookmark') {
    const bookmark = bookmarks.named(uri, target.name);
    return { view: bookmark.view, byteOffset: bookmark.byteOffset };
  }
  const { kind, number } = target;
  if (kind === 'marker') {
    const shown: ViewId = view === 'main' ? 'main' : 'device';
    const sectors = source.markers(shown);
    return placeOf(shown, sectors[number - 1], sectors.length, 'marker');
  }
  const { sector, total } = source.remapAt(number - 1);
  return placeOf(view === 'main' ? 'main' : 'device', sector, total, 'remap entry');
}

function placeOf(view: ViewId, sector: number | undefined, total: number, kind: string): BytePlace {
  if (sector !== undefined) return { view, byteOffset: sector * SECTOR_SIZE };
  if (total === 0) throw new RemapError('ENOENT', `There is no ${kind} here.`);
  throw new RemapError('ENOENT', `The last ${kind} is ${total}.`);
}
