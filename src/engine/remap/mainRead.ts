import { performance } from 'node:perf_hooks';
import type { BlockDevice, ReadOptions, ReadRequest } from '../block/blockDevice';

/** What the target does with reads that are answered. */
export interface ReadOwner {
  /** Reads again what failed, or explains why it can't be read. */
  recover(error: unknown, sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void>;
  /** Hears of each read, however it ended. */
  answered(byteLength: number, startedAt: number): void;
}

/** As many as small reads in flight may need at a time. */
const MAX_IDLE = 64;
const NO_BYTES = new Uint8Array(0);

/** Reads that main serves alone: all but a few, so that they make one promise each and nothing else. */
export class MainReads {
  readonly #idle: MainRead[] = [];

  constructor(
    private readonly main: BlockDevice,
    private readonly owner: ReadOwner,
  ) {}

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    const read = this.#idle.pop() ?? new MainRead(this.owner, this.#idle);
    return read.submit(this.main, sector, buffer, options);
  }
}

/** Serves one read after the other. */
class MainRead implements ReadRequest {
  sector = 0;
  buffer: Uint8Array = NO_BYTES;
  options: ReadOptions | undefined;
  #startedAt = 0;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor(
    private readonly owner: ReadOwner,
    private readonly idle: MainRead[],
  ) {}

  submit(main: BlockDevice, sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    this.sector = sector;
    this.buffer = buffer;
    this.options = options;
    this.#startedAt = performance.now();
    const answered = new Promise<void>(this.#keep);
    main.submitRead(this);
    return answered;
  }

  answer(error?: unknown): void {
    const resolve = this.#resolve;
    const reject = this.#reject;
    const startedAt = this.#startedAt;
    const { sector, buffer, options } = this;
    this.buffer = NO_BYTES;
    this.options = undefined;
    if (this.idle.length < MAX_IDLE) this.idle.push(this);
    if (error === undefined) {
      this.owner.answered(buffer.length, startedAt);
      resolve();
    } else {
      this.owner
        .recover(error, sector, buffer, options)
        .finally(() => this.owner.answered(buffer.length, startedAt))
        .then(resolve, reject);
    }
  }

  readonly #keep = (resolve: () => void, reject: (error: unknown) => void): void => {
    this.#resolve = resolve;
    this.#reject = reject;
  };
}
