import type { BlockDevice, ReadOptions, ReadRequest } from '../block/blockDevice';
import { nodeThreads } from '../block/turnQueue';

/** What the target does with reads that are answered. */
export interface ReadOwner {
  /** Reads again what failed, or explains why it can't be read. */
  recover(error: unknown, sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void>;
  /** Hears of each read, however it ended. */
  answered(byteLength: number, startedAt: number): void;
}

/** Reads what main serves alone, as nearly every request: one promise, and nothing else. */
export function readMain(
  main: BlockDevice,
  owner: ReadOwner,
  sector: number,
  buffer: Uint8Array,
  options?: ReadOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    main.submitRead(new MainRead(owner, sector, buffer, options, resolve, reject));
  });
}

class MainRead implements ReadRequest {
  readonly startedAt = nodeThreads.now();

  constructor(
    private readonly owner: ReadOwner,
    readonly sector: number,
    readonly buffer: Uint8Array,
    readonly options: ReadOptions | undefined,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  answer(error?: unknown): void {
    if (error === undefined) {
      this.owner.answered(this.buffer.length, this.startedAt);
      this.resolve();
    } else {
      this.owner
        .recover(error, this.sector, this.buffer, this.options)
        .finally(() => this.owner.answered(this.buffer.length, this.startedAt))
        .then(this.resolve, this.reject);
    }
  }
}
