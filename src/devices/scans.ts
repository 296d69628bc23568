import type { Task } from '../contract/task';
import { formatSize } from '../contract/wording';
import { PauseSwitch, type RemapDevice, RemapError, type ScanReport } from '../engine';
import { contextKeys } from '../manifest';
import type { ContextKeys } from './contextKeys';

/** Runs scans, at most one for each device. All are paused and resumed together. */
export class Scans {
  readonly #running = new Set<string>();
  readonly #pause = new PauseSwitch();

  constructor(private readonly contextKeys: Pick<ContextKeys, 'set'>) {}

  get isPaused(): boolean {
    return this.#pause.isPaused;
  }

  /**
   * Scans a device.
   * @param bytesPerSecond 0 for as fast as the disks allow
   * @throws RemapError `EBUSY` while another scan of the device runs, `ECANCELED` when the task is cancelled
   */
  async scan(device: RemapDevice, bytesPerSecond: number, task: Task): Promise<ScanReport> {
    const { name } = device;
    if (this.#running.has(name)) throw new RemapError('EBUSY', `a scan of ${name} runs already`);
    this.#running.add(name);
    this.#updateContextKeys();
    try {
      return await device.scan({
        signal: task.signal,
        pause: this.#pause,
        ...(bytesPerSecond > 0 && { bytesPerSecond }),
        onProgress: ({ scannedSectors, sectorCount }) =>
          task.report(
            `${formatSize(scannedSectors)} of ${formatSize(sectorCount)}`,
            scannedSectors / sectorCount,
          ),
      });
    } finally {
      this.#running.delete(name);
      if (this.#running.size === 0) this.#pause.resume();
      this.#updateContextKeys();
    }
  }

  /** Pauses all scans that run; without one it does nothing. */
  pause(): void {
    if (this.#running.size > 0) this.#pause.pause();
    this.#updateContextKeys();
  }

  /** Resumes the scans that are paused. */
  resume(): void {
    this.#pause.resume();
    this.#updateContextKeys();
  }

  dispose(): void {
    this.#pause.resume();
  }

  #updateContextKeys(): void {
    const isScanning = this.#running.size > 0;
    this.contextKeys.set(contextKeys.isScanning, isScanning && !this.isPaused);
    this.contextKeys.set(contextKeys.isScanPaused, isScanning && this.isPaused);
  }
}
