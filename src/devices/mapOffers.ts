import { isDeepStrictEqual } from 'node:util';
import { MergedRuns, mapfilePath } from '../engine';
import type { DeviceEntry } from './deviceEntry';
import type { CountedMap, RescueMaps } from './rescueMaps';

/** Knows which devices have a rescue map under another name that fits their main image, and use none. */
export class MapOffers {
  #offers: ReadonlyMap<string, CountedMap> = new Map();
  readonly #looks = new MergedRuns(() => this.#look());

  constructor(
    private readonly maps: Pick<RescueMaps, 'look'>,
    private readonly entries: () => readonly DeviceEntry[],
    /** Called when the offers have changed. */
    private readonly announce: () => void,
  ) {}

  /** The map that is offered for a device. */
  of({ deviceKey }: Pick<DeviceEntry, 'deviceKey'>): CountedMap | undefined {
    return this.#offers.get(deviceKey);
  }

  /** Looks again for maps. */
  look(): Promise<void> {
    return this.#looks.run();
  }

  async #look(): Promise<void> {
    const found = new Map<string, CountedMap>();
    for (const entry of this.entries()) {
      const main = mainWithoutMap(entry);
      const offered = main && (await this.maps.look(main, mapfilePath(main))).offered;
      if (offered) found.set(entry.deviceKey, offered);
    }
    if (isDeepStrictEqual(found, this.#offers)) return;
    this.#offers = found;
    this.announce();
  }
}

/** The main image of a device of the user's own whose file names no map. */
function mainWithoutMap({ device, content, scenario }: DeviceEntry): string | undefined {
  const source = device?.spec ?? content;
  return scenario === undefined && source?.map === undefined ? source?.main : undefined;
}
