import { isDeepStrictEqual } from 'node:util';
import { specFromImages } from '../contract/deviceSpec';
import { describeError } from '../contract/errorSentences';
import type { DeviceSpec, Machine, RemapDevice } from '../engine';
import type { AssembledMemory } from './assembledMemory';
import { specFromEntry } from './deviceEntry';
import { findInImages, searchError } from './imageSearch';
import type { Inventory } from './inventory';

/** Assembles devices from device files and images, and remembers for the next window which are assembled. */
export class Assembler {
  readonly #assembling = new Map<string, Promise<RemapDevice>>();

  constructor(
    private readonly machine: Machine,
    private readonly inventory: Inventory,
    private readonly memory: AssembledMemory,
    private readonly log: { error(message: string): void },
  ) {}

  /**
   * Assembles a known device, a device file or `{ main, spare }`; answers the device that is assembled from it already.
   * @throws RemapError when the device file is wrong or the machine refuses the device; then nothing has changed
   */
  async assemble(reference: unknown): Promise<RemapDevice> {
    const images = await specFromImages(reference, this.inventory.baseFolder);
    if (images) return this.#assembleOnce(images);
    const known = new Set(this.inventory.entries().map(({ deviceKey }) => deviceKey));
    const entry = await this.inventory.load(reference);
    try {
      return entry.device ?? (await this.#assembleOnce(await specFromEntry(entry)));
    } catch (error) {
      if (!known.has(entry.deviceKey)) this.inventory.forgetStranger(entry.deviceKey);
      throw error;
    }
  }

  /** What {@link assemble} would assemble. @throws RemapError when the device file is wrong */
  async specOf(reference: unknown): Promise<DeviceSpec> {
    const images = await specFromImages(reference, this.inventory.baseFolder);
    return images ?? specFromEntry(await this.inventory.load(reference));
  }

  /**
   * Assembles all devices, as a boot does: those of device files and, with setup-reassembly, those that images hold by
   * themselves. A device that is refused is logged and shown with its problem.
   * @throws RemapError `ENOENT`, `EINVAL` when nothing could be assembled because mains are missing or several fit
   */
  async assembleAll(signal?: AbortSignal): Promise<RemapDevice[]> {
    await this.inventory.search();
    const files = this.inventory.entries().filter((entry) => !entry.device && entry.deviceFile);
    const assembled = await this.assembleEach(files, signal);
    const isSearching = this.machine.isLoaded('setup-reassembly');
    return isSearching ? [...assembled, ...(await this.#assembleFromImages(assembled.length))] : assembled;
  }

  /** Assembles these devices; one that is refused is logged. @throws the signal's reason */
  async assembleEach(references: readonly unknown[], signal?: AbortSignal): Promise<RemapDevice[]> {
    const assembled: RemapDevice[] = [];
    for (const reference of references) {
      signal?.throwIfAborted();
      try {
        assembled.push(await this.assemble(reference));
      } catch (error) {
        this.log.error(describeError(error).message);
      }
    }
    return assembled;
  }

  /** Remembers which devices are assembled now. */
  remember(): Promise<void> {
    return this.memory.remember(this.machine.devices());
  }

  async #assembleFromImages(assembledCount: number): Promise<RemapDevice[]> {
    const images = await this.inventory.unusedImages();
    const { specs, problems } = await findInImages(images, this.inventory.entries());
    for (const { error } of problems) this.log.error(error.message);
    const found: RemapDevice[] = [];
    for (const spec of specs) {
      const device = await this.#assembleOnce(spec).catch((error) =>
        this.log.error(describeError(error).message),
      );
      if (device) found.push(device);
    }
    const failure = assembledCount + found.length === 0 ? searchError(problems) : undefined;
    if (failure) throw failure;
    return found;
  }

  /** A window's start asks for one device from several places: calls while it is assembled get the same promise. */
  async #assembleOnce(spec: DeviceSpec): Promise<RemapDevice> {
    const key = spec.deviceFile ?? spec.main;
    const assembled = this.#assembled(spec);
    if (assembled) return assembled;
    const running = this.#assembling.get(key);
    if (running) return running;
    const assembling = this.#assemble(spec, key).finally(() => this.#assembling.delete(key));
    this.#assembling.set(key, assembling);
    return assembling;
  }

  #assembled(spec: DeviceSpec): RemapDevice | undefined {
    return this.machine.devices().find((device) => isDeepStrictEqual(device.spec, spec));
  }

  async #assemble(spec: DeviceSpec, key: string): Promise<RemapDevice> {
    try {
      const device = await this.machine.create(spec);
      this.inventory.setProblem(key, undefined);
      await this.remember();
      return device;
    } catch (error) {
      // The machine does one thing at a time: a reload that went before may have brought the device up again.
      const assembled = this.#assembled(spec);
      if (assembled) return assembled;
      this.inventory.setProblem(key, error);
      throw error;
    }
  }
}
