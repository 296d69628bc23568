import type { VolumeTarget } from '../engine';

/** An image that wasn't read for so long is closed, so that other programs can have it. */
const IDLE_MS = 2000;

/** A disk that is open only while it is looked at: opened by the first read, and closed when none followed for a while. */
export class IdleTarget {
  #opened: Promise<VolumeTarget> | undefined;
  #inUse = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly open: () => Promise<VolumeTarget>) {}

  /** Gives the open disk to `work`. @throws as `open` and `work` */
  async use<T>(work: (target: VolumeTarget) => T | Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#inUse += 1;
    try {
      this.#opened ??= this.open();
      return await work(await this.#opened);
    } catch (error) {
      // What could not be opened may be there the next time.
      if (await this.#failed()) this.#opened = undefined;
      throw error;
    } finally {
      this.#inUse -= 1;
      if (this.#inUse === 0) this.#timer = setTimeout(() => void this.#close(), IDLE_MS).unref();
    }
  }

  async #failed(): Promise<boolean> {
    return (await this.#opened?.catch(() => null)) === null;
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await (await opened?.catch(() => undefined))?.close();
  }
}
