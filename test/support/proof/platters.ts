import type { BlockDevice } from '../../../src/engine/block/blockDevice';
import type { Random } from '../../../src/engine/block/random';
import { allSurvive } from '../../../src/engine/block/survival';
import { VolatileCache } from '../../../src/engine/block/volatileCache';
import type { CrashLog } from '../block/crashLog';
import type { MemoryDevice } from '../block/memoryDevice';
import { randomDelay, ScriptedDevice } from '../block/scriptedDevice';

/** A disk's content, below the medium with its bad sectors. */
export interface Platters {
  readonly sectorCount: number;
  /** The block device over them, built anew at each start of the machine. */
  powerUp(): BlockDevice;
  /** What is on them now, without a volatile cache's content. Not to be changed. */
  content(): MemoryDevice;
  /** Cuts the power. */
  losePower(random: Random): Promise<void>;
  /** Writes the cached sectors to the platters. */
  shutDown(): Promise<void>;
}

/** Small enough that it overflows now and then, and so writes unflushed sectors to the platters. */
const CACHE_BYTES = 128 * 1024;

/** Under a volatile cache; requests in flight overtake each other. */
export class CachedPlatters implements Platters {
  #memory: MemoryDevice;
  #cache: VolatileCache | undefined;
  readonly #random: Random;

  constructor(memory: MemoryDevice, random: Random) {
    this.#memory = memory;
    this.#random = random;
  }

  get sectorCount(): number {
    return this.#memory.sectorCount;
  }

  powerUp(): BlockDevice {
    this.#memory = this.#memory.fork();
    this.#cache = new VolatileCache(this.#memory, { limitBytes: CACHE_BYTES });
    return new ScriptedDevice(this.#cache, randomDelay(this.#random));
  }

  content(): MemoryDevice {
    return this.#memory;
  }

  async losePower(random: Random): Promise<void> {
    await this.#cache?.powerLoss(random);
  }

  async shutDown(): Promise<void> {
    await this.#cache?.close();
  }
}

/** Every write and flush is recorded in a crash log, as its device number `index`. */
export class RecordedPlatters implements Platters {
  readonly #log: CrashLog;
  readonly #index: number;
  readonly #device: BlockDevice;

  constructor(log: CrashLog, index: number, initial: MemoryDevice) {
    this.#log = log;
    this.#index = index;
    this.#device = log.record(initial);
  }

  get sectorCount(): number {
    return this.#device.sectorCount;
  }

  powerUp(): BlockDevice {
    return this.#device;
  }

  content(): MemoryDevice {
    return this.#log.cutAt(this.#log.eventCount, () => allSurvive)[this.#index]!;
  }

  async losePower(): Promise<void> {
    throw new Error('a recorded disk loses its power in the log, afterwards');
  }

  async shutDown(): Promise<void> {}
}

/** Requests fail as the scripted device is told. */
export class ScriptedPlatters implements Platters {
  readonly device: ScriptedDevice;
  readonly #memory: MemoryDevice;

  constructor(initial: MemoryDevice) {
    this.#memory = initial.fork();
    this.device = new ScriptedDevice(this.#memory);
  }

  get sectorCount(): number {
    return this.#memory.sectorCount;
  }

  powerUp(): BlockDevice {
    return this.device;
  }

  content(): MemoryDevice {
    return this.#memory;
  }

  async losePower(): Promise<void> {}

  async shutDown(): Promise<void> {}
}
