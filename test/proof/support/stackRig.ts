import type { BlockDevice } from '../../../src/engine/block/blockDevice';
import { Flakey } from '../../../src/engine/block/flakey';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import { MemoryDevice } from '../../../src/engine/block/memory';
import { type Random, seededRandom } from '../../../src/engine/block/random';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import { VolatileCache } from '../../../src/engine/block/volatileCache';
import { parseFlakeyTable } from '../../../src/engine/dmsetup/flakeyTable';
import { formatMetadata } from '../../../src/engine/metadata/format';
import type { MetadataStore } from '../../../src/engine/metadata/metadataStore';
import { constructTarget } from '../../../src/engine/module/construct';
import { KernelLog } from '../../../src/engine/module/kernelLog';
import type { TargetObserver } from '../../../src/engine/remap/observer';
import type { RemapTarget } from '../../../src/engine/remap/remapTarget';
import { randomDelay, ScriptedDevice } from '../../support/scriptedDevice';
import { ManualClock } from '../../support/targetRig';

export interface StackOptions {
  readonly mainSectors: number;
  readonly spareSectors: number;
  readonly persistent: boolean;
  /** Decides in which order requests in flight reach the disks. */
  readonly seed: number;
}

/** Small enough that it overflows now and then, and writes down what nobody has flushed. */
const CACHE_BYTES = 128 * 1024;

/** Counts what a target tells its observer. */
export class CountingObserver implements TargetObserver {
  remappedSectors = 0;
  failedRequests = 0;
  failedCommits = 0;
  fullSpares = 0;

  failed(): void {
    this.failedRequests++;
  }

  remapped(entries: readonly unknown[]): void {
    this.remappedSectors += entries.length;
  }

  spareSectorFailed(): void {}

  spareLost(): void {}

  spareFull(): void {
    this.fullSpares++;
  }

  commitFailed(): void {
    this.failedCommits++;
  }
}

/** One disk: platters that keep their content and their bad sectors, and above them what a reboot builds anew. */
class RigDisk {
  readonly bad = new RangeSet();
  platters: MemoryDevice;
  cache!: VolatileCache;
  medium!: MediumErrors;
  readonly #random: Random;

  constructor(platters: MemoryDevice, random: Random) {
    this.platters = platters;
    this.#random = random;
    this.powerUp();
  }

  powerUp(): void {
    this.platters = this.platters.fork();
    this.cache = new VolatileCache(this.platters, { limitBytes: CACHE_BYTES });
    const jitter = new ScriptedDevice(this.cache, randomDelay(this.#random));
    this.medium = new MediumErrors(jitter, { badSectors: this.bad });
  }
}

/**
 * The whole stack as a device has it: dm-remap over flakey over a medium with bad sectors over a volatile cache over
 * platters in memory; the same for the spare without flakey.
 */
export class StackRig {
  readonly clock = new ManualClock();
  readonly main: RigDisk;
  readonly spare: RigDisk;
  flakey!: Flakey;
  observer!: CountingObserver;
  target!: RemapTarget;
  stores: readonly (MetadataStore | null)[] = [];
  readonly #options: StackOptions;
  readonly #random: Random;
  #flakeyTable: string | null = null;

  private constructor(options: StackOptions, main: MemoryDevice, spare: MemoryDevice) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.main = new RigDisk(main, this.#random);
    this.spare = new RigDisk(spare, this.#random);
    this.#powerUp();
  }

  /** @param spare a formatted spare with a past; absent: a new one */
  static async create(options: StackOptions, spare?: MemoryDevice): Promise<StackRig> {
    const platters = spare ?? new MemoryDevice(options.spareSectors);
    const { mainSectors: mainSectorCount } = options;
    if (!spare) await formatMetadata(platters, { mainSectorCount, clock: new ManualClock() });
    const rig = new StackRig(options, new MemoryDevice(mainSectorCount), platters);
    await rig.construct();
    return rig;
  }

  get persistent(): boolean {
    return this.#options.persistent;
  }

  get flakeyTable(): string | null {
    return this.#flakeyTable;
  }

  async construct(): Promise<void> {
    const layers: { main: BlockDevice; spares: BlockDevice[] } = {
      main: this.flakey,
      spares: [this.spare.medium],
    };
    this.observer = new CountingObserver();
    const { clock, persistent, observer } = this;
    const log = new KernelLog(() => undefined);
    const { target, stores, readOnlyReason } = await constructTarget(layers, {
      persistent,
      clock,
      observer,
      log,
    });
    if (readOnlyReason !== null) throw new Error(`the device came up read-only: ${readOnlyReason}`);
    this.target = target;
    this.stores = stores;
  }

  loadFlakey(table: string | null): void {
    this.#flakeyTable = table;
    this.flakey.setTable(table === null ? undefined : parseFlakeyTable(table));
  }

  /** Pulls the plug on both disks at once; everything that is still under way ends with `ENODEV`. */
  async losePower(seed: number): Promise<void> {
    const random = seededRandom(seed);
    await Promise.all([this.main.cache.powerLoss(random), this.spare.cache.powerLoss(random)]);
    await this.target.abandon();
  }

  /** Drops the target's memory and shuts the disks down in order. */
  async shutDown(): Promise<void> {
    await this.target.abandon();
    await Promise.all([this.main.cache.close(), this.spare.cache.close()]);
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
