import type { RemapDevice, RemapFilter, RemapListing, RemapOrder } from '../engine';

/** How the remaps of a device are listed. */
export interface RemapListSettings {
  readonly order: RemapOrder;
  readonly isDescending: boolean;
  readonly filter: RemapFilter;
  /** The filter as it was typed; empty: there is none. */
  readonly filterText: string;
}

/** The remaps of a device as they are listed, at one moment. */
export interface RemapList {
  readonly settings: RemapListSettings;
  readonly total: number;
  entries(offset: number, limit: number): RemapListing['remaps'];
  /** The place of a sector's entry in the list; null: it isn't in it. */
  placeOf(original: number): number | null;
}

const AS_THEY_ARE: RemapListSettings = {
  order: 'original',
  isDescending: false,
  filter: {},
  filterText: '',
};

interface Selection {
  readonly settings: RemapListSettings;
  readonly revision: number;
  readonly originals: Promise<Float64Array>;
}

/** Keeps how each device's remaps are listed, and the lists until the remaps change. */
export class RemapLists {
  readonly #settings = new Map<string, RemapListSettings>();
  readonly #selections = new WeakMap<RemapDevice, Selection>();

  settingsOf(deviceKey: string): RemapListSettings {
    return this.#settings.get(deviceKey) ?? AS_THEY_ARE;
  }

  change(deviceKey: string, change: Partial<RemapListSettings>): void {
    this.#settings.set(deviceKey, { ...this.settingsOf(deviceKey), ...change });
  }

  /** The list as it is now. In the order of the table it costs nothing; any other is made first, in slices. */
  async listOf(device: RemapDevice, deviceKey: string): Promise<RemapList> {
    const settings = this.settingsOf(deviceKey);
    if (settings.order === 'original' && !settings.isDescending && settings.filterText === '')
      return wholeTable(device, settings);
    return selected(device, settings, await this.#select(device, settings));
  }

  #select(device: RemapDevice, settings: RemapListSettings): Promise<Float64Array> {
    const revision = device.details.remapRevision;
    const known = this.#selections.get(device);
    if (known?.revision === revision && known.settings === settings) return known.originals;
    const originals = device.details.selectRemaps(settings);
    this.#selections.set(device, { settings, revision, originals });
    return originals;
  }
}

function wholeTable(device: RemapDevice, settings: RemapListSettings): RemapList {
  return {
    settings,
    total: device.listRemaps({ limit: 0 }).total,
    entries: (offset, limit) => device.listRemaps({ offset, limit }).remaps,
    placeOf: (original) => device.details.remapRank(original),
  };
}

function selected(device: RemapDevice, settings: RemapListSettings, originals: Float64Array): RemapList {
  return {
    settings,
    total: originals.length,
    entries: (offset, limit) => device.details.remapsOf(originals.subarray(offset, offset + limit)),
    placeOf: (original) => {
      const place = originals.indexOf(original);
      return place === -1 ? null : place;
    },
  };
}

/** The order in words; empty for that of the table. */
export function describeOrder({ order, isDescending }: RemapListSettings): string {
  return ORDERS.find((each) => each.order === order && each.isDescending === isDescending)?.words ?? '';
}

/** The orders to choose from. */
export const ORDERS: readonly {
  readonly order: RemapOrder;
  readonly isDescending: boolean;
  readonly label: string;
  readonly words: string;
}[] = [
  { order: 'original', isDescending: false, label: 'Original Sector', words: '' },
  {
    order: 'original',
    isDescending: true,
    label: 'Original Sector, Last First',
    words: 'last sector first',
  },
  { order: 'spare', isDescending: false, label: 'Spare Sector', words: 'by spare sector' },
  { order: 'time', isDescending: true, label: 'Newest First', words: 'newest first' },
  { order: 'time', isDescending: false, label: 'Oldest First', words: 'oldest first' },
  { order: 'errors', isDescending: true, label: 'Most Errors First', words: 'most errors first' },
  { order: 'member', isDescending: false, label: 'Spare of the Pool', words: 'by spare' },
];
