import { InFlight } from '../concurrency/inFlight';
import { BlockError, type SectorRange } from '../errors';
import {
  answerByPromise,
  type BlockDevice,
  type Clock,
  type ReadOptions,
  type ReadRequest,
  systemClock,
} from './blockDevice';
import { describeSectors } from './blockFailures';
import { type FlakeyConfig, PROBABILITY_BASE } from './flakeyConfig';
import { type Random, randomInteger } from './random';
import { checkRange, checkRequest, subtractRanges } from './range';

/** What a flakey layer gets from outside. */
export interface FlakeyOptions {
  /** Absent: healthy, everything passes. */
  readonly config?: FlakeyConfig;
  readonly clock?: Clock;
  /** Where `random_read_corrupt` and `random_write_corrupt` get their chance from. */
  readonly random?: Random;
}

/** A request's operation as the kernel has it in `bi_opf`, the only flags that a request carries here. */
const REQUEST_FLAGS = { r: 0, w: 1 } as const;

/**
 * dm-flakey: fails, drops or corrupts requests during the down part of a cycle that begins when the table is loaded.
 *
 * One request is one bio: it fails as a whole (`EIO` with all sectors that the caller didn't skip), and
 * `corrupt_bio_byte` counts bytes within it. Requests carry no flags but their direction (`REQ_OP_WRITE` is 1), so
 * that a flags mask of more matches nothing. A flush fails or is dropped with writes, without any sector; a discard likewise, and
 * neither is ever corrupted. A request that isn't valid is refused before it can be dropped.
 *
 * While up, or with no table, the lower device's promise is passed on.
 */
export class Flakey implements BlockDevice {
  readonly #lower: BlockDevice;
  readonly #clock: Clock;
  readonly #random: Random;
  #config: FlakeyConfig | undefined;
  #loadedAt = 0;
  #closed = false;
  /** The reads to be corrupted: they go on when the lower device has answered. */
  readonly #inFlight = new InFlight();

  constructor(lower: BlockDevice, options: FlakeyOptions = {}) {
    this.#lower = lower;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.setTable(options.config);
  }

  get sectorCount(): number {
    return this.#lower.sectorCount;
  }

  get readOnly(): boolean {
    return this.#lower.readOnly;
  }

  get config(): FlakeyConfig | undefined {
    return this.#config;
  }

  /** Loads another table, or none (healthy), for the requests from now on; the cycle begins anew. */
  setTable(config: FlakeyConfig | undefined): void {
    this.#config = config;
    this.#loadedAt = this.#clock.now();
  }

  /** Whether a request of this moment meets the down interval. */
  get isDown(): boolean {
    return this.#downConfig() !== undefined;
  }

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    const config = this.#downConfig();
    if (!config) return this.#lower.read(sector, buffer, options);
    if (config.errorReads) return this.#failRead(sector, buffer.length, options);
    if (config.corruptByte?.direction !== 'r' && !config.randomReadCorrupt) {
      return this.#lower.read(sector, buffer, options);
    }
    return this.#inFlight.during(() => this.#readCorrupted(config, sector, buffer, options));
  }

  submitRead(request: ReadRequest): void {
    if (this.#downConfig()) answerByPromise(this, request);
    else this.#lower.submitRead(request);
  }

  write(sector: number, buffer: Uint8Array): Promise<void> {
    const config = this.#downConfig();
    if (!config || this.readOnly) return this.#lower.write(sector, buffer);
    if (config.dropWrites || config.errorWrites) return this.#loseWrite(config, sector, buffer.length);
    if (config.corruptByte?.direction !== 'w' && !config.randomWriteCorrupt) {
      return this.#lower.write(sector, buffer);
    }
    return this.#lower.write(sector, this.#corrupted(config, 'w', config.randomWriteCorrupt, buffer));
  }

  flush(): Promise<void> {
    const config = this.#downConfig();
    if (config?.dropWrites) return Promise.resolve();
    if (config?.errorWrites) {
      return Promise.reject(new BlockError('EIO', 'flakey: cannot flush while the device is down', []));
    }
    return this.#lower.flush();
  }

  discard(sector: number, sectorCount: number): Promise<void> {
    const config = this.#downConfig();
    const isLost = config && !this.readOnly && (config.dropWrites || config.errorWrites);
    return isLost ? this.#loseDiscard(config, sector, sectorCount) : this.#lower.discard(sector, sectorCount);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#lower.close();
    await this.#inFlight.drained();
  }

  /** The config while it is down. A closed device leaves the answer to the lower one. */
  #downConfig(): FlakeyConfig | undefined {
    const config = this.#config;
    if (!config || this.#closed) return undefined;
    const elapsed = Math.max(0, Math.floor((this.#clock.now() - this.#loadedAt) / 1000));
    return elapsed % (config.upSeconds + config.downSeconds) >= config.upSeconds ? config : undefined;
  }

  async #failRead(sector: number, byteLength: number, options?: ReadOptions): Promise<void> {
    const count = checkRequest(sector, byteLength, this.sectorCount);
    const failed = subtractRanges([[sector, count]], options?.skip ?? []);
    if (failed.length > 0) throw failure('read', failed);
  }

  async #loseWrite(config: FlakeyConfig, sector: number, byteLength: number): Promise<void> {
    const count = checkRequest(sector, byteLength, this.sectorCount);
    if (config.errorWrites) throw failure('write', [[sector, count]]);
  }

  async #loseDiscard(config: FlakeyConfig, sector: number, sectorCount: number): Promise<void> {
    checkRange(sector, sectorCount, this.sectorCount);
    if (config.errorWrites) throw failure('discard', [[sector, sectorCount]]);
  }

  async #readCorrupted(
    config: FlakeyConfig,
    sector: number,
    buffer: Uint8Array,
    options?: ReadOptions,
  ): Promise<void> {
    await this.#lower.read(sector, buffer, options);
    const corrupted = this.#corrupted(config, 'r', config.randomReadCorrupt, buffer);
    if (corrupted !== buffer) buffer.set(corrupted);
  }

  /** A corrupted copy of a request's bytes; the very buffer if nothing happens to it. */
  #corrupted(
    config: FlakeyConfig,
    direction: 'r' | 'w',
    probability: number,
    buffer: Uint8Array,
  ): Uint8Array {
    const { corruptByte } = config;
    const isReplaced =
      corruptByte?.direction === direction &&
      (REQUEST_FLAGS[direction] & corruptByte.flags) === corruptByte.flags;
    const isRandom = probability > 0 && this.#random() * PROBABILITY_BASE < probability;
    if (!isReplaced && !isRandom) return buffer;
    const copy = buffer.slice();
    if (isReplaced) copy[corruptByte.byte - 1] = corruptByte.value;
    if (isRandom) copy[randomInteger(this.#random, buffer.length)] = randomInteger(this.#random, 256);
    return copy;
  }
}

function failure(operation: string, failed: readonly SectorRange[]): BlockError {
  const message = `flakey: cannot ${operation} ${describeSectors(failed)} while the device is down`;
  return new BlockError('EIO', message, failed, { sector: failed[0]![0], target: 'flakey' });
}
