import type * as vscode from 'vscode';
import { type MarkerSpec, mergeRanges, type SectorRange } from '../engine';

const MEMENTO_KEY = 'remap.writtenMarkers';

/** Texts remembered for each device: the latest. */
const MAX_TEXTS = 8;

/** Sectors that hold or held the marker of a text. */
interface Written {
  readonly text: string;
  readonly ranges: readonly SectorRange[];
}

type Memory = Readonly<Record<string, readonly Written[]>>;

/**
 * Which markers were ever on each device as far as this workspace knows, by the device's key: written here, or found by a
 * verification. It tells a marker that was never written from one that is lost.
 */
export class WrittenMarkers {
  constructor(private readonly memento: vscode.Memento) {}

  /** Whether a sector ever had its marker of that text. */
  known(deviceKey: string, text: string): (sector: number) => boolean {
    const ranges = this.#of(deviceKey).find((written) => written.text === text)?.ranges ?? [];
    const sectors = new Set(
      ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i)),
    );
    return (sector) => sectors.has(sector);
  }

  async add(deviceKey: string, { text, sectors }: MarkerSpec): Promise<void> {
    const all = this.#of(deviceKey);
    const before = all.find((written) => written.text === text)?.ranges ?? [];
    const ranges = mergeRanges([...before, ...sectors.map((sector): SectorRange => [sector, 1])]);
    const others = all.filter((written) => written.text !== text).slice(1 - MAX_TEXTS);
    await this.#update(deviceKey, [...others, { text, ranges }]);
  }

  /** The device was made anew: no marker was ever on it. */
  async forget(deviceKey: string): Promise<void> {
    if (this.#of(deviceKey).length > 0) await this.#update(deviceKey, []);
  }

  #of(deviceKey: string): readonly Written[] {
    return this.#memory()[deviceKey] ?? [];
  }

  #memory(): Memory {
    return this.memento.get<Memory>(MEMENTO_KEY, {});
  }

  async #update(deviceKey: string, written: readonly Written[]): Promise<void> {
    const { [deviceKey]: _, ...others } = this.#memory();
    await this.memento.update(MEMENTO_KEY, written.length > 0 ? { ...others, [deviceKey]: written } : others);
  }
}
