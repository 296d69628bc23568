import { isDeepStrictEqual } from 'node:util';
import { specFromImages } from '../contract/deviceSpec';
import { describeError } from '../contract/errorSentences';
import type { WriteDecision } from '../contract/writeQuestion';
import type { DeviceSpec, Machine, RemapDevice } from '../engine';
import type { AssembledMemory, RememberedDevice } from './assembledMemory';
import { type DeviceEntry, specFromEntry } from './deviceEntry';
import { findInImages, searchError } from './imageSearch';
import type { Inventory } from './inventory';
import { deviceKeyOf, type WritePolicy } from './writePolicy';

/** What a caller decides about a device that is assembled. Absent members are decided by the policy. */
export interface AssemblyChoice extends WriteDecision {
  /** The caller has named its files, so it may write those outside the workspace, unless read-only was chosen. */
  readonly permit?: boolean;
}

/** Assembles devices from device files and images, and remembers for the next window which are assembled. */
export class Assembler {
  readonly #assembling = new Map<string, Promise<RemapDevice>>();
  /** Why devices, by their keys, are opened read-only by choice. */
  readonly #chosenReadOnly = new Map<string, string>();

  constructor(
    private readonly machine: Machine,
    private readonly inventory: Inventory,
    private readonly memory: AssembledMemory,
    private readonly policy: WritePolicy,
    private readonly log: { error(message: string): void },
  ) {}

  /**
   * Assembles a known device, a device file or `{ main, spare }`; answers the device that is assembled from it already.
   * A device that is open read-only is opened for writing, if it may be now.
   * @throws RemapError when the device file is wrong or the machine refuses the device; then nothing has changed
   */
  async assemble(reference: unknown, choice: AssemblyChoice = {}): Promise<RemapDevice> {
    const images = await specFromImages(reference, this.inventory.baseFolder);
    if (images) return this.#open(images, choice);
    const known = new Set(this.inventory.entries().map(({ deviceKey }) => deviceKey));
    const entry = await this.inventory.load(reference);
    try {
      const isDone = entry.device && entry.device.spec.readOnly === undefined;
      return isDone ? entry.device! : await this.#open(await specOfEntry(entry), choice);
    } catch (error) {
      if (!known.has(entry.deviceKey)) this.inventory.forgetStranger(entry.deviceKey);
      throw error;
    }
  }

  /** What {@link assemble} would assemble. @throws RemapError when the device file is wrong */
  async specOf(reference: unknown): Promise<DeviceSpec> {
    const images = await specFromImages(reference, this.inventory.baseFolder);
    return images ?? specOfEntry(await this.inventory.load(reference));
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
  assembleEach(references: readonly unknown[], signal?: AbortSignal): Promise<RemapDevice[]> {
    return this.#each(references, (reference) => this.assemble(reference), signal);
  }

  /** Whether {@link assembleRemembered} has something to do. */
  get hasRemembered(): boolean {
    return this.memory.recall().length > 0;
  }

  /** Assembles the devices that were assembled when the last window closed; one that is refused is logged. */
  assembleRemembered(): Promise<RemapDevice[]> {
    return this.#each(this.memory.recall(), (remembered) => this.#recall(remembered));
  }

  async #each<T>(
    devices: readonly T[],
    assemble: (device: T) => Promise<RemapDevice>,
    signal?: AbortSignal,
  ): Promise<RemapDevice[]> {
    const assembled: RemapDevice[] = [];
    for (const device of devices) {
      signal?.throwIfAborted();
      try {
        assembled.push(await assemble(device));
      } catch (error) {
        this.log.error(describeError(error).message);
      }
    }
    return assembled;
  }

  #recall(remembered: RememberedDevice): Promise<RemapDevice> {
    if (typeof remembered === 'string') return this.assemble(remembered);
    const { readOnly, ...reference } = remembered;
    const choice = readOnly === undefined ? {} : { readOnly };
    return this.assemble('deviceFile' in reference ? reference.deviceFile : reference, choice);
  }

  /** Remembers which devices are assembled now. */
  remember(): Promise<void> {
    return this.memory.remember(
      this.machine
        .devices()
        .map(({ spec }) => withReadOnly(spec, this.#chosenReadOnly.get(deviceKeyOf(spec)))),
    );
  }

  /** The choice to open a device, by its key, read-only, if it was made. */
  readOnlyChoice(deviceKey: string): AssemblyChoice {
    const readOnly = this.#chosenReadOnly.get(deviceKey);
    return readOnly === undefined ? {} : { readOnly };
  }

  /** Forgets that a device, by its key, is opened read-only by choice: it was removed. */
  forgetChoice(deviceKey: string): void {
    this.#chosenReadOnly.delete(deviceKey);
  }

  async #assembleFromImages(assembledCount: number): Promise<RemapDevice[]> {
    const images = await this.inventory.unusedImages();
    const { specs, problems } = await findInImages(images, this.inventory.entries());
    for (const { error } of problems) this.log.error(error.message);
    const found: RemapDevice[] = [];
    for (const spec of specs) {
      const device = await this.#open(spec).catch((error) => this.log.error(describeError(error).message));
      if (device) found.push(device);
    }
    const failure = assembledCount + found.length === 0 ? searchError(problems) : undefined;
    if (failure) throw failure;
    return found;
  }

  /** Assembles a device for writing, or read-only if that was chosen, or if the policy is against writing. */
  async #open(spec: DeviceSpec, { readOnly, permit, forWriting }: AssemblyChoice = {}): Promise<RemapDevice> {
    const key = deviceKeyOf(spec);
    const before = this.#chosenReadOnly.get(key);
    const chosen = readOnly ?? (forWriting ? undefined : before);
    this.#choose(key, chosen);
    try {
      if (permit || forWriting) await this.policy.permit(spec);
      return await this.#assembleOnce(withReadOnly(spec, chosen ?? (await this.policy.whyReadOnly(spec))));
    } catch (error) {
      this.#choose(key, before);
      throw error;
    }
  }

  #choose(key: string, readOnly: string | undefined): void {
    if (readOnly === undefined) this.#chosenReadOnly.delete(key);
    else this.#chosenReadOnly.set(key, readOnly);
  }

  /** A window's start asks for one device from several places: calls while it is assembled get the same promise. */
  async #assembleOnce(spec: DeviceSpec): Promise<RemapDevice> {
    const key = deviceKeyOf(spec);
    const assembled = this.#assembled(spec);
    if (assembled) return assembled;
    const running = this.#assembling.get(key);
    if (running) return running;
    const assembling = this.#assemble(spec, key).finally(() => this.#assembling.delete(key));
    this.#assembling.set(key, assembling);
    return assembling;
  }

  /** The device that is assembled as the spec says; for a spec that is read-only, also one that is open for writing. */
  #assembled(spec: DeviceSpec): RemapDevice | undefined {
    const wanted = withReadOnly(spec, undefined);
    return this.machine
      .devices()
      .filter(({ spec: { readOnly } }) => readOnly === undefined || readOnly === spec.readOnly)
      .find((device) => isDeepStrictEqual(withReadOnly(device.spec, undefined), wanted));
  }

  async #assemble(spec: DeviceSpec, key: string): Promise<RemapDevice> {
    try {
      const device = await this.#create(spec, key);
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

  /** Creates a device, in the place of one that is open read-only. That one comes back when the new one is refused. */
  async #create(spec: DeviceSpec, key: string): Promise<RemapDevice> {
    const old = this.machine
      .devices()
      .find((device) => device.spec.readOnly !== undefined && deviceKeyOf(device.spec) === key);
    if (!old) return this.machine.create(spec);
    await this.machine.remove(old.name);
    try {
      return await this.machine.create(spec);
    } catch (error) {
      await this.machine.create(old.spec).catch(() => undefined);
      throw error;
    }
  }
}

/** What a known device is made from: what its file says now, or, without a file, what it was assembled from. */
async function specOfEntry(entry: DeviceEntry): Promise<DeviceSpec> {
  if (!entry.content && entry.device) return withReadOnly(entry.device.spec, undefined);
  return specFromEntry(entry);
}

function withReadOnly({ readOnly: _, ...spec }: DeviceSpec, readOnly: string | undefined): DeviceSpec {
  return readOnly === undefined ? spec : { ...spec, readOnly };
}
