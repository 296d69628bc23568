import { Flakey } from '../../../src/engine/block/flakey';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import { type Random, seededRandom } from '../../../src/engine/block/random';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import { constructTarget } from '../../../src/engine/device/construct';
import { KernelLog } from '../../../src/engine/device/kernelLog';
import { parseFlakeyTable } from '../../../src/engine/dmsetup/flakeyTable';
import { formatMetadata } from '../../../src/engine/metadata/formatMetadata';
import type { TargetObserver } from '../../../src/engine/remap/observer';
import type { RemapTarget } from '../../../src/engine/remap/remapTarget';
import { MemoryDevice } from '../block/memoryDevice';
import { ManualClock } from '../remap/targetRig';
import { CachedPlatters, type Platters } from './platters';

/** Counts what a target tells its observer. */
export class CountingObserver implements TargetObserver {
  remappedSectors = 0;
  failures = 0;
  failedCommits = 0;
  fullSpares = 0;

  failed(): void {
    this.failures++;
  }

  remapped(entries: readonly unknown[]): void {
    this.remappedSectors += entries.length;
  }

  spareSectorFailed(): void {}

  spareRefused(): void {}

  spareFull(): void {
    this.fullSpares++;
  }

  commitFailed(): void {
    this.failedCommits++;
  }

  settled(): void {}

  spareBroken(): void {}

  spareLost(): void {}

  spareBehind(): void {}

  held(): void {}
}

/** One disk: platters, and the medium's bad sectors, which outlive every reboot. */
class RigDisk {
  readonly bad = new RangeSet();
  readonly platters: Platters;
  medium!: MediumErrors;

  constructor(platters: Platters) {
    this.platters = platters;
  }

  powerUp(): void {
    this.medium = new MediumErrors(this.platters.powerUp(), { badSectors: this.bad });
  }
}

/**
 * The whole stack as a device has it: dm-remap over flakey over a medium with bad sectors over platters; the same for
 * the spare without flakey.
 */
export class StackRig {
  readonly clock = new ManualClock();
  readonly main: RigDisk;
  readonly spare: RigDisk;
  readonly persistent: boolean;
  flakey!: Flakey;
  observer!: CountingObserver;
  target!: RemapTarget;
  #flakeyTable: string | null = null;
  readonly #random: Random;

  constructor(main: Platters, spare: Platters, options: { persistent?: boolean; random?: Random } = {}) {
    this.main = new RigDisk(main);
    this.spare = new RigDisk(spare);
    this.persistent = options.persistent ?? true;
    this.#random = options.random ?? seededRandom(1);
    this.#powerUp();
  }

  get flakeyTable(): string | null {
    return this.#flakeyTable;
  }

  /** Constructs the target over the layers, as `dmsetup create` does. */
  async construct(): Promise<void> {
    this.observer = new CountingObserver();
    const { clock, persistent, observer } = this;
    const log = new KernelLog(() => undefined);
    const layers = { main: this.flakey, spares: [this.spare.medium] };
    const options = { persistent, clock, observer, log };
    const { target } = await constructTarget(layers, options);
    if (target.readOnly) throw new Error(`the device came up read-only: ${target.readOnlyReasons}`);
    this.target = target;
  }

  loadFlakey(table: string | null): void {
    this.#flakeyTable = table;
    this.flakey.setTable(table === null ? undefined : parseFlakeyTable(table));
  }

  /** Cuts the power of both disks at once; requests that are still under way end with `ENODEV`. */
  async losePower(seed: number): Promise<void> {
    const random = seededRandom(seed);
    await Promise.all([this.main.platters.losePower(random), this.spare.platters.losePower(random)]);
    await this.target.abandon();
  }

  /** Drops the target's memory and shuts the disks down in order. */
  async shutDown(): Promise<void> {
    await this.target.abandon();
    await Promise.all([this.main.platters.shutDown(), this.spare.platters.shutDown()]);
  }

  async powerUp(): Promise<void> {
    this.#powerUp();
    await this.construct();
  }

  #powerUp(): void {
    this.main.powerUp();
    this.spare.powerUp();
    this.flakey = new Flakey(this.main.medium, { clock: this.clock, random: this.#random });
    this.loadFlakey(this.#flakeyTable);
  }
}

export interface CachedRigOptions {
  readonly mainSectors: number;
  readonly spare: MemoryDevice;
  readonly persistent: boolean;
  /** Decides in which order requests in flight reach the disks. */
  readonly seed: number;
}

/** A rig over disks with volatile caches, its target constructed. */
export async function cachedRig(options: CachedRigOptions): Promise<StackRig> {
  const { mainSectors, persistent, seed } = options;
  const random = seededRandom(seed);
  const main = new CachedPlatters(new MemoryDevice(mainSectors), random);
  const rig = new StackRig(main, new CachedPlatters(options.spare, random), { persistent, random });
  await rig.construct();
  return rig;
}

/** A blank spare, formatted. */
export async function formattedSpare(spareSectors: number, mainSectorCount: number): Promise<MemoryDevice> {
  const spare = new MemoryDevice(spareSectors);
  await formatMetadata(spare, { mainSectorCount, clock: new ManualClock() });
  return spare;
}
