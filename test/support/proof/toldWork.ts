import { type Random, randomInteger } from '../../../src/engine/block/random';
import type { DeviceSpec } from '../../../src/engine/device/deviceContracts';
import type { RemapDevice } from '../../../src/engine/device/remapDevice';
import { createImages } from '../../../src/engine/machine/images';
import type { Machine } from '../../../src/engine/machine/machine';
import { taggedRun } from '../remap/targetRig';

/** The sectors that are worked on, from 0 on. */
export const WORKED_SECTORS = 512;
/** Writes that are under way at once are in different blocks. */
const BLOCK_SECTORS = 8;
const MAIN_SECTORS = 4096;
const SPARE_SECTORS = 3000;
const FIRST_DATA = 1280;

/** The device that is worked on, in a folder. */
export function workSpec(path: (name: string) => string): DeviceSpec {
  const [main, spares] = [path('main.img'), [path('spare.img')]];
  return { name: 'disk', deviceFile: null, main, spares, flakey: null, markers: { sectors: [], text: '' } };
}

export async function createWorkImages({ main, spares }: DeviceSpec): Promise<void> {
  await createImages({ main, mainSectors: MAIN_SECTORS, spare: spares[0]!, spareSectors: SPARE_SECTORS });
}

/** Does random things to a device, and tells a `ToldModel` of each. */
export class ToldWork {
  #operations = 0;
  #version: number;

  /**
   * @param tell is told each line before the operation goes on
   * @param version the highest that any sector may have
   * @param failed hears of operations that failed
   */
  constructor(
    private readonly machine: Machine,
    private readonly random: Random,
    private readonly tell: (line: string) => void,
    version: number,
    private readonly failed: (error: unknown) => void = () => {},
  ) {
    this.#version = version;
  }

  /** Does one thing, or several writes at once. */
  async step(): Promise<void> {
    const chance = this.random();
    if (chance < 0.6) await this.#writes(1 + randomInteger(this.random, 6));
    else if (chance < 0.78) await this.#flush();
    else if (chance < 0.88) await this.#inject();
    else if (chance < 0.93) await this.#remap();
    else if (chance < 0.95) await this.#spoilSpare();
    else if (chance < 0.98) await this.#do('reload', '', () => this.machine.reload(undefined, { waitMs: 0 }));
    else await this.#do('clear', '', () => this.#device.clearErrors());
  }

  get #device(): RemapDevice {
    return this.machine.device('disk')!;
  }

  async #writes(count: number): Promise<void> {
    const blocks = new Set(
      Array.from({ length: count }, () => randomInteger(this.random, WORKED_SECTORS / BLOCK_SECTORS)),
    );
    await Promise.all(
      [...blocks].map((block) => {
        const size = 1 + randomInteger(this.random, BLOCK_SECTORS);
        const first = block * BLOCK_SECTORS + randomInteger(this.random, BLOCK_SECTORS - size + 1);
        const version = ++this.#version;
        const bytes = taggedRun(first, size, version);
        return this.#do('write', `${first} ${size} ${version}`, () =>
          this.#device.write(first, bytes, { flush: false }),
        );
      }),
    );
  }

  async #flush(): Promise<void> {
    await this.#do('flush', '', () => this.#device.flush());
  }

  async #inject(): Promise<void> {
    const size = 1 + randomInteger(this.random, 4);
    const first = randomInteger(this.random, WORKED_SECTORS - size);
    await this.#do('inject', `${first} ${size}`, () =>
      this.#device.injectErrors({ sectors: [[first, size]], mode: 'error' }),
    );
  }

  async #remap(): Promise<void> {
    const sector = randomInteger(this.random, WORKED_SECTORS);
    await this.#do('remap', '', () => this.#device.remapSector(sector));
  }

  /** Makes a spare sector bad that no remap uses. */
  async #spoilSpare(): Promise<void> {
    const sector = FIRST_DATA + randomInteger(this.random, SPARE_SECTORS - FIRST_DATA);
    const { remaps } = this.#device.listRemaps();
    if (remaps.some(({ spare }) => spare === sector)) return;
    await this.#do('spoil', '', () =>
      this.#device.injectErrors({ on: 'spare', sectors: [[sector, 1]], mode: 'error' }),
    );
  }

  async #do(kind: string, about: string, run: () => Promise<unknown>): Promise<void> {
    const id = this.#operations++;
    this.tell(`${kind} ${id} ${about}`.trimEnd());
    try {
      await run();
      this.tell(`! ${id}`);
    } catch (error) {
      this.failed(error);
    }
  }
}
