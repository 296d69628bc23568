import type { Disposable, Memento } from 'vscode';
import { DISPLAY_CHOICES, type SectorSize } from '../shared/display';
import { SECTOR_SIZE } from '../shared/protocol';
import { Listeners } from './listeners';

const MEMENTO_KEY = 'remap.sectorSizes';
const GPT_SIGNATURE = 'EFI PART';
/** Disks with these sectors have their GPT in sector 1. */
const LARGE_SECTOR: SectorSize = 4096;

/** In sectors of which size a person counts in each document, as far as they chose. */
export class SectorSizes {
  readonly #changes = new Listeners<string>();

  constructor(private readonly memento: Memento) {}

  /** Calls the listener with the URI of each document for which a size is chosen, until it is disposed of. */
  onDidChange(listener: (uri: string) => void): Disposable {
    return this.#changes.listen(listener);
  }

  of(uri: string): SectorSize | undefined {
    const size = this.#all[uri];
    return DISPLAY_CHOICES.sectorSize.find((each) => each === size);
  }

  async choose(uri: string, size: SectorSize): Promise<void> {
    await this.memento.update(MEMENTO_KEY, { ...this.#all, [uri]: size });
    this.#changes.fire(uri);
  }

  get #all(): Readonly<Record<string, number>> {
    return this.memento.get(MEMENTO_KEY, {});
  }
}

/**
 * The sector size that a disk was partitioned with: 4,096 where a GPT stands at byte 4,096 and none at byte 512, else 512.
 * @param read gives sectors of 512 bytes, zeros where they can't be read
 */
export async function recognizedSectorSize(
  sectorCount: number,
  read: (firstSector: number, sectorCount: number) => Promise<Uint8Array>,
): Promise<SectorSize> {
  const sector = LARGE_SECTOR / SECTOR_SIZE;
  if (sectorCount <= sector) return SECTOR_SIZE;
  const bytes = Buffer.from(await read(1, sector));
  const isGptAt = (byteOffset: number) =>
    bytes.toString('latin1', byteOffset - SECTOR_SIZE, byteOffset - SECTOR_SIZE + GPT_SIGNATURE.length) ===
    GPT_SIGNATURE;
  return isGptAt(LARGE_SECTOR) && !isGptAt(SECTOR_SIZE) ? LARGE_SECTOR : SECTOR_SIZE;
}
