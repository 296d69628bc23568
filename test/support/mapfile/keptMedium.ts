import { readFile, writeFile } from 'node:fs/promises';
import type { MediumEditor } from '../../../src/engine/block/mediumEditor';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import type { SectorRange } from '../../../src/engine/errors';
import { MediumKeeper } from '../../../src/engine/mapfile/mediumKeeper';
import { RescueMapFile } from '../../../src/engine/mapfile/rescueMapFile';
import { MemoryDevice } from '../block/memoryDevice';
import { ScriptedDevice } from '../block/scriptedDevice';
import { patternBytes } from '../block/sectors';
import type { tempFolder } from '../tempFolder';
import { mediumIn, parseText } from './mapfileText';

const SECTORS = 100;

/** Sector 1 is bad, 2 and 3 were never tried, 4 was not scraped; 5 to 99 can be read. */
export const FOUND_MAP = '# of a program\n0 + 1\n0 512 +\n512 512 -\n1024 1024 ?\n2048 512 /\n2560 48640 +\n';

export const injects =
  (first: number, mode: 'error' | 'dust' = 'error') =>
  (editor: MediumEditor) =>
    editor.inject([[first, 1]], { mode });
export const clearAll = (editor: MediumEditor): void => editor.clearAll();

/** A medium of 100 sectors whose errors are kept in a rescue map. */
export class KeptMedium {
  readonly path: string;
  disk!: ScriptedDevice;
  layer!: MediumErrors;
  keeper!: MediumKeeper;
  /** How often the keeper has told that it took over what another program wrote. */
  rereads = 0;

  private constructor(folder: ReturnType<typeof tempFolder>) {
    this.path = folder.path('main.img.map');
  }

  /** @param map what is in the map before it is opened; without it the map stays as it is, or missing */
  static async open(folder: ReturnType<typeof tempFolder>, map?: string): Promise<KeptMedium> {
    const kept = new KeptMedium(folder);
    if (map !== undefined) await writeFile(kept.path, map);
    kept.disk = new ScriptedDevice(new MemoryDevice(SECTORS));
    const file = new RescueMapFile(kept.path, SECTORS);
    kept.layer = new MediumErrors(kept.disk, (await file.readMedium()) ?? {});
    const onReread = (): void => void kept.rereads++;
    kept.keeper = new MediumKeeper(file, kept.layer, { lower: kept.disk, check: () => {}, onReread });
    return kept;
  }

  /** What the map says on the disk. */
  async saved(): Promise<{ bad: SectorRange[]; notRescued: SectorRange[]; injected: SectorRange[] }> {
    const text = parseText(await readFile(this.path, 'latin1'));
    const { badSectors, notRescued, injected } = mediumIn(text, SECTORS);
    return { bad: [...badSectors], notRescued: [...notRescued], injected: [...injected] };
  }

  write(sector: number): Promise<void> {
    return this.layer.write(sector, patternBytes(sector, 1));
  }
}
