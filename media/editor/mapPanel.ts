import { SECTOR_SIZE } from '../../src/shared/protocol';
import { bucketSectors, MAP_KINDS, type MapKind } from '../../src/shared/sectorMap';
import { BlockMap, symbolOf } from './blockMap';
import { element, iconButton } from './dom';
import { bucketRuns, countsOf, type MapContent, NO_MAP, totalOf } from './mapModel';
import { MapZoom } from './mapZoom';
import { decimal, sectorNumbers, sizeNote } from './numberTexts';

export interface MapPanelActions {
  /** Goes to the first sector of a kind (null: any) from a sector on. */
  goToKind(kind: MapKind | null, firstSector: number): void;
  /** Another part is shown: its map is wanted. */
  partChanged(): void;
  close(): void;
  /** Gives the focus back to the bytes. */
  leave(): void;
}

/** Kinds that have a line even where nothing is known of them. */
const KNOWN_OR_NOT: readonly MapKind[] = ['written', 'empty'];

const LABELS: Readonly<Record<MapKind, readonly [name: string, title: string]>> = {
  bad: ['Bad', 'Sectors that a map or an injected error says are bad'],
  notRescued: ['Not rescued', 'Sectors that a rescue map says were not rescued'],
  difference: ['Different', 'Sectors that differ from what is compared'],
  match: ['Matches', 'Matches of the last search for all'],
  unsaved: ['Changed', 'Sectors with edits that are not saved'],
  remapped: ['Remapped', 'Sectors that a spare serves; on a spare, those that serve one'],
  metadata: ['Metadata', 'Metadata copies and the large table of a spare'],
  marker: ['Markers', 'Sectors that are for markers'],
  bookmark: ['Bookmarks', 'Bookmarks that you made in this view'],
  structure: ['Structures', 'Sectors that a file system or a partition table keeps for itself'],
  file: ['Files', 'Sectors of files and folders'],
  unknown: [
    'Unknown owner',
    'Sectors in use by no file that could be read, and those of what isn’t looked into or can’t be read',
  ],
  free: ['Free', 'Sectors of file systems that nothing uses'],
  written: ['Written', 'Sectors outside of the file’s holes that can be read; they may hold zeros, too'],
  empty: [
    'Empty',
    'Sectors in holes of the file (of 1 MiB or more), which read as zeros: the file system tells, nothing is read',
  ],
};

/** So many places of a kind are named. */
const MOST_PLACES = 3;

/** The large map: blocks of the view or of a part of it, and a table of what the blocks show, with counts and places. */
export class MapPanel {
  readonly root: HTMLElement;
  readonly #blocks: BlockMap;
  readonly #range = element('span', { class: 'map-range' });
  readonly #kinds = element('tbody');
  readonly #whole: HTMLButtonElement;
  readonly #owners: HTMLButtonElement;
  #zoom = new MapZoom(1, 1);
  #map: MapContent = NO_MAP;
  /** In sectors of how many bytes it says places. */
  #sectorSize = SECTOR_SIZE;
  readonly #countHead = element('th', { scope: 'col' }, 'Count');

  constructor(private readonly actions: MapPanelActions) {
    const zoomed = (change: () => void) => {
      change();
      actions.partChanged();
    };
    this.#blocks = new BlockMap({
      goTo: (kind, firstSector, takesFocus) => {
        actions.goToKind(kind, firstSector);
        if (takesFocus) actions.leave();
      },
      zoom: (direction, sector) => zoomed(() => this.#zoom.zoom(direction, sector)),
      zoomOut: () => zoomed(() => this.#zoom.showAll()),
      reveal: (sector) => zoomed(() => this.#zoom.reveal(sector)),
      leave: actions.leave,
    });
    const zoomBy = (direction: 1 | -1) => zoomed(() => this.#zoom.zoom(direction, this.#blocks.chosenSector));
    this.#whole = iconButton('screen-full', 'Show Whole Map (0)', () => zoomed(() => this.#zoom.showAll()));
    this.#owners = iconButton('symbol-color', 'Colour by Owner', () => {
      this.showsOwners = !this.showsOwners;
      actions.partChanged();
    });
    this.showsOwners = false;
    const head = element(
      'div',
      { class: 'map-head' },
      element('h2', {}, 'Map'),
      this.#range,
      this.#owners,
      iconButton('zoom-in', 'Zoom In (+)', () => zoomBy(1)),
      iconButton('zoom-out', 'Zoom Out (-)', () => zoomBy(-1)),
      this.#whole,
      iconButton('close', 'Close Map', actions.close),
    );
    const legend = element(
      'div',
      { class: 'map-kinds', tabindex: '0', role: 'group', 'aria-label': 'What is on the map' },
      kindsTable(this.#countHead, this.#kinds),
    );
    this.root = element(
      'section',
      { class: 'map-panel', 'aria-label': 'Map', hidden: true },
      head,
      element('div', { class: 'map-body' }, this.#blocks.root, legend),
    );
    new ResizeObserver(() => this.#resized()).observe(this.#blocks.root);
    this.#blocks.root.addEventListener('focus', () => this.#blocks.draw());
    this.#blocks.root.addEventListener('blur', () => this.#blocks.draw());
  }

  /** What is to be shown; null while there is no room. */
  get wanted(): MapContent['part'] | null {
    if (this.root.hidden || this.#blocks.capacity === 0) return null;
    this.#zoom.resize(this.#blocks.capacity);
    return this.#zoom.part;
  }

  /** Whether blocks show whose sectors are: structures, files, free space. */
  get showsOwners(): boolean {
    return this.#owners.getAttribute('aria-pressed') === 'true';
  }

  set showsOwners(isShown: boolean) {
    this.#owners.setAttribute('aria-pressed', String(isShown));
  }

  focus(): void {
    this.#blocks.root.focus();
  }

  /** Shows the whole of a view of so many sectors. */
  viewChanged(sectorCount: number): void {
    if (this.#zoom.sectorCount !== sectorCount) this.#zoom = new MapZoom(Math.max(1, sectorCount), 1);
    this.show(NO_MAP);
  }

  show(map: MapContent): void {
    this.#map = { ...map, sectorSize: this.#sectorSize };
    const { firstSector, sectorCount, bucketCount } = map.part;
    const each = Math.ceil(sectorCount / Math.max(1, bucketCount));
    const unit = this.#sectorSize === SECTOR_SIZE ? 'sector' : `${SECTOR_SIZE}-byte sector`;
    const share = each === 1 ? `a ${unit} a block` : `${decimal(each)} ${unit}s a block`;
    const numbers = sectorNumbers(firstSector, firstSector + sectorCount, this.#sectorSize);
    this.#range.textContent =
      bucketCount === 0 ? '' : `Sectors ${numbers}${sizeNote(this.#sectorSize)} · ${share}`;
    this.#whole.disabled = this.#zoom.isWhole;
    this.#blocks.show(this.#map);
    this.#kinds.replaceChildren(...MAP_KINDS.flatMap((kind) => this.#lineOf(kind)));
  }

  /** The rest of the page counts in sectors of so many bytes. */
  showSectorSize(sectorSize: number): void {
    this.#sectorSize = sectorSize;
    this.#countHead.textContent = sectorSize === SECTOR_SIZE ? 'Count' : `Of ${SECTOR_SIZE} bytes`;
    this.show(this.#map);
  }

  showCursor(sector: number): void {
    this.#blocks.showCursor(sector);
  }

  /** Draws for the present theme. */
  draw(): void {
    this.#blocks.draw();
  }

  #resized(): void {
    if (this.#blocks.capacity === 0) return;
    this.#blocks.draw();
    this.actions.partChanged();
  }

  #lineOf(kind: MapKind): HTMLElement[] {
    const total = totalOf(this.#map.layers, kind);
    if (total === null && !KNOWN_OR_NOT.includes(kind)) return [];
    const [name, title] = LABELS[kind];
    const places = this.#placesOf(kind);
    return [
      element(
        'tr',
        { 'data-kind': kind, title },
        element('th', { scope: 'row' }, symbolOf(kind), name),
        element('td', { class: 'map-count' }, total === null ? 'not known' : decimal(total)),
        element('td', { class: 'map-places', title: places }, places),
      ),
    ];
  }

  /** In which sectors those of a kind are, as exactly as the blocks tell. */
  #placesOf(kind: MapKind): string {
    const runs = bucketRuns(countsOf(this.#map.layers, kind));
    const places = runs.slice(0, MOST_PLACES).map(([block, count]) => {
      const { first } = bucketSectors(block, this.#map.part);
      const { end } = bucketSectors(block + count - 1, this.#map.part);
      return sectorNumbers(first, end, this.#sectorSize);
    });
    if (runs.length > MOST_PLACES) places.push(`${decimal(runs.length - MOST_PLACES)} more`);
    return places.join('; ');
  }
}

function kindsTable(count: HTMLElement, body: HTMLElement): HTMLElement {
  const head = (name: string) => element('th', { scope: 'col' }, name);
  const heads = element('tr', {}, head('Kind'), count, head('Within sectors'));
  return element('table', {}, element('thead', {}, heads), body);
}
