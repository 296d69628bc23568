import { type Landmark, SECTOR_SIZE } from '../../src/shared/protocol';
import type { MapKind } from '../../src/shared/sectorMap';
import type { CurrentView } from './currentView';
import type { Grid } from './grid';
import { scrollTopAt } from './mapPosition';
import type { Navigation } from './navigation';
import type { MapActions } from './viewMap';

/** The kinds of the map that can be gone to. */
const LANDMARKS: readonly Landmark[] = ['bad', 'notRescued', 'remapped', 'unsaved', 'marker'];

type MapNavigation = Pick<Navigation, 'goTo' | 'seek'>;

type Parts = readonly [
  grid: Pick<Grid, 'scroll' | 'scrollBy'>,
  view: Pick<CurrentView, 'open' | 'scrolled'>,
  navigation: MapNavigation,
];

/** What the map beside the grid does. The parts of the page are made after it. */
export function mapActions(parts: () => Parts): MapActions {
  return {
    scrollTo: (fraction) => {
      const [{ scroll }, view] = parts();
      if (!view.open) return;
      scroll.top = scrollTopAt(fraction, view.open.geometry, scroll);
      view.scrolled();
    },
    scrollBy: (viewports) => {
      const [grid] = parts();
      grid.scrollBy(viewports * grid.scroll.viewportHeight);
    },
    goToKind: (kind, firstSector) => goToKind(parts()[2], kind, firstSector),
  };
}

/** Goes to the first sector of a kind from a sector on; to that sector where kinds aren't found one by one. */
function goToKind(navigation: MapNavigation, kind: MapKind | null, firstSector: number): void {
  const landmark = LANDMARKS.find((each) => each === kind);
  if (landmark) void navigation.seek(landmark, 'next', firstSector);
  else navigation.goTo(firstSector * SECTOR_SIZE);
}
