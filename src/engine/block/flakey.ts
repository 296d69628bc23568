import { BlockError, type SectorRange } from '../errors';
import { type BlockDevice, type Clock, type ReadOptions, systemClock } from './blockDevice';
import { describeSectors } from './blockFailures';
import { type FlakeyConfig, PROBABILITY_BASE } from './flakeyConfig';
import { Layer } from './layer';
import { type Random, randomInteger } from './random';
import { checkRange, checkRequest, subtractRanges } from './range';

/** Settings of a flakey layer. */
export interface FlakeyOptions {
  /** Absent: healthy, every request passes down. */
  readonly config?: FlakeyConfig;
  readonly clock?: Clock;
  /** Decides for `random_read_corrupt` and `random_write_corrupt`. */
  readonly random?: Random;
}

/** The operation of a request as the kernel has it in `bi_opf`: the only flags that a request has here. */
const REQUEST_FLAGS = { r: 0, w: 1 } as const;

/**
 * dm-flakey: fails, drops or corrupts requests during the down part of a cycle that begins when the table is loaded.
 *
 * One request is one bio: it fails as a whole (`EIO` with all sectors that the caller didn't skip), and
 * `corrupt_bio_byte` counts bytes within it. Requests carry no flags but their direction (`REQ_OP_WRITE` is 1), so
 * that a mask with any other flag matches no request. Flushes (whose error names no sectors) and discards fail or are
 * dropped as writes are, and are never corrupted. A request that isn't valid is refused, not dropped.
 *
 * While up, or with no table, every request passes down.
 */
export class Flakey extends Layer {
  readonly #clock: Clock;
  readonly #random: Random;
  #config: FlakeyConfig | undefined;
  #loadedAt = 0;

  constructor(lower: BlockDevice, options: FlakeyOptions = {}) {
    super(lower);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.setTable(options.config);
  }

  get config(): FlakeyConfig | undefined {
    return this.#config;
  }

  /** Loads another table, or none (healthy), for the requests from now on. The cycle of up and down begins anew. */
  setTable(config: FlakeyConfig | undefined): void {
    this.#config = config;
    this.#loadedAt = this.#clock.now();
  }

  /** Whether the layer is in its down interval now. */
  get isDown(): boolean {
    return this.#downConfig() !== undefined;
  }

  protected override ownRead(
    sector: number,
    buffer: Uint8Array,
    options: ReadOptions | undefined,
  ): Promise<void> | null {
    const config = this.#downConfig();
    if (!config) return null;
    if (config.errorReads) return this.#failRead(sector, buffer.length, options);
    const mayCorrupt = config.corruptByte?.direction === 'r' || config.randomReadCorrupt > 0;
    return mayCorrupt ? this.#readCorrupted(config, sector, buffer, options) : null;
  }

  protected override ownWrite(sector: number, buffer: Uint8Array): Promise<void> | null {
    const config = this.#downConfig();
    if (!config || this.readOnly) return null;
    if (config.dropWrites || config.errorWrites) return this.#loseWrite(config, sector, buffer.length);
    const mayCorrupt = config.corruptByte?.direction === 'w' || config.randomWriteCorrupt > 0;
    if (!mayCorrupt) return null;
    return this.lower.write(sector, this.#corrupted(config, 'w', config.randomWriteCorrupt, buffer));
  }

  protected override ownFlush(): Promise<void> | null {
    const config = this.#downConfig();
    if (config?.dropWrites) return this.checkPlace();
    if (!config?.errorWrites) return null;
    return Promise.reject(new BlockError('EIO', 'flakey: cannot flush while the device is down', []));
  }

  protected override ownDiscard(sector: number, sectorCount: number): Promise<void> | null {
    const config = this.#downConfig();
    const isLost = config && !this.readOnly && (config.dropWrites || config.errorWrites);
    return isLost ? this.#loseDiscard(config, sector, sectorCount) : null;
  }

  #downConfig(): FlakeyConfig | undefined {
    const config = this.#config;
    if (!config) return undefined;
    const elapsed = Math.max(0, Math.floor((this.#clock.now() - this.#loadedAt) / 1000));
    return elapsed % (config.upSeconds + config.downSeconds) >= config.upSeconds ? config : undefined;
  }

  async #failRead(sector: number, byteLength: number, options: ReadOptions | undefined): Promise<void> {
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
    options: ReadOptions | undefined,
  ): Promise<void> {
    await this.lower.read(sector, buffer, options);
    const corrupted = this.#corrupted(config, 'r', config.randomReadCorrupt, buffer);
    if (corrupted !== buffer) buffer.set(corrupted);
  }

  /** A corrupted copy of a request's bytes, or the buffer itself if it stays as it is. */
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
