import { isInFolder, isSamePath, pathKey } from '../contract/pathKey';
import { type RemapDevice, RemapError } from '../engine';
import type { DeviceEntry } from './deviceEntry';
import { type FreeImage, FreeImages } from './freeImages';
import type { Machines } from './machines';
import { DeviceRegistry } from './registry';
import type { WorkspaceFiles } from './workspaceFiles';

/** An image's place in an assembled device. */
export interface ImageOwner {
  readonly device: RemapDevice;
  readonly role: 'main' | 'spare';
  /** Index of the spare; 0 for the main image. */
  readonly member: number;
}

/** The workspace's files, as far as the inventory needs them. */
export type WatchedFiles = Pick<
  WorkspaceFiles,
  'watch' | 'folders' | 'deviceFiles' | 'images' | 'onDeviceFile' | 'onImages' | 'onGone' | 'onFolders'
>;

/** Knows the workspace's device files, the machines' devices, and the images that belong to neither. */
export class Inventory {
  readonly #registry: DeviceRegistry;
  readonly #images = new FreeImages();
  readonly #listeners: readonly { dispose(): unknown }[];

  /** @param announce told that the known devices, or the workspace's images, may have changed */
  constructor(
    private readonly machines: Machines,
    private readonly files: WatchedFiles,
    private readonly announce: (kind: 'registry' | 'images') => void,
  ) {
    this.#registry = new DeviceRegistry(machines, () => files.folders());
    this.#listeners = [
      files.onDeviceFile(({ path, change }) => this.#follow(path, change === 'deleted')),
      files.onImages(() => announce('images')),
      files.onGone((path) => this.#forgetBelow(path)),
      files.onFolders(() => this.search()),
    ];
  }

  /** The folder that relative paths start from; undefined: none is open. */
  get baseFolder(): string | undefined {
    return this.files.folders()[0];
  }

  /** Begins to follow the workspace's files. */
  watch(): void {
    this.files.watch();
  }

  /** Looks the workspace through for device files, and lets views look again for images. */
  async search(): Promise<void> {
    const known = this.entries().flatMap(({ deviceFile }) => deviceFile ?? []);
    const found = await this.files.deviceFiles();
    await Promise.all([...new Set([...known, ...found])].map((path) => this.#registry.load(path)));
    this.#announceAll();
  }

  /** All known devices by name. */
  entries(): DeviceEntry[] {
    return this.#registry.entries();
  }

  /** The known device of a key; undefined: there is none. */
  entry(deviceKey: string): DeviceEntry | undefined {
    return this.#registry.entry(deviceKey);
  }

  /** @throws RemapError `ENODEV`, `EINVAL` when the reference means no device, or several */
  find(reference: unknown): DeviceEntry {
    return this.#registry.find(reference);
  }

  /**
   * A known device, or a device file that becomes known by being asked for; what it says is read again.
   * @throws RemapError `ENOENT` for a device file that isn't there, and as {@link find}
   */
  async load(reference: unknown): Promise<DeviceEntry> {
    const paths = this.#registry.paths(reference);
    for (const path of paths) await this.#registry.load(path);
    const known = this.entries().find((entry) => paths.some((path) => isSamePath(path, entry.deviceKey)));
    if (known) return known;
    if (paths[0]) throw new RemapError('ENOENT', `${paths[0]} does not exist`, { path: paths[0] });
    return this.#reload(this.find(reference));
  }

  /** Keeps why a device could not be assembled; undefined when it was. */
  setProblem(deviceKey: string, problem: unknown): void {
    this.#registry.setProblem(deviceKey, problem);
    this.announce('registry');
  }

  /** Forgets a device file that was deleted. */
  forget(path: string): void {
    this.#registry.forget(path);
    this.announce('registry');
  }

  /** Forgets a device file that is in no folder of the workspace, which therefore doesn't show it. */
  forgetStranger(path: string): void {
    if (!this.files.folders().some((folder) => isInFolder(path, folder))) this.forget(path);
  }

  /** The assembled device that has an image open, and as what; undefined: none has. */
  ownerOf(image: string): ImageOwner | undefined {
    for (const device of this.machines.devices()) {
      if (isSamePath(device.spec.main, image)) return { device, role: 'main', member: 0 };
      const member = device.spec.spares.findIndex((spare) => isSamePath(spare, image));
      if (member >= 0) return { device, role: 'spare', member };
    }
    return undefined;
  }

  /** The images of all known devices, and the others as far as {@link freeImages} has found them before. */
  knownImages(): Set<string> {
    return new Set([...this.#ownedImages(), ...this.#images.known]);
  }

  /** The workspace's images that belong to no known device. */
  async freeImages(): Promise<FreeImage[]> {
    const owned = new Set([...this.#ownedImages()].map((path) => pathKey(path)));
    const paths = await this.files.images();
    return this.#images.inspect(paths.filter((path) => !owned.has(pathKey(path))));
  }

  /** The workspace's images that no assembled device has open. */
  async unusedImages(): Promise<string[]> {
    const paths = await this.files.images();
    return paths.filter((path) => !this.ownerOf(path));
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  #ownedImages(): Set<string> {
    const owned = new Set<string>();
    for (const { content, device } of this.entries()) {
      for (const source of [content, device?.spec]) {
        for (const path of source ? [source.main, ...source.spares] : []) owned.add(path);
      }
    }
    return owned;
  }

  async #reload(entry: DeviceEntry): Promise<DeviceEntry> {
    const { deviceFile, deviceKey } = entry;
    if (deviceFile === null) return entry;
    await this.#registry.load(deviceFile);
    const loaded = this.entries().find((each) => isSamePath(each.deviceKey, deviceKey));
    if (loaded) return loaded;
    throw new RemapError('ENOENT', `${deviceFile} does not exist`, { path: deviceFile });
  }

  /** Looks again for the device files of a folder that is gone. */
  async #forgetBelow(folder: string): Promise<void> {
    const inside = this.entries().flatMap(({ deviceFile }) => deviceFile ?? []);
    const lost = inside.filter((path) => isInFolder(path, folder));
    if (lost.length === 0) return;
    await Promise.all(lost.map((path) => this.#registry.load(path)));
    this.#announceAll();
  }

  async #follow(path: string, deleted: boolean): Promise<void> {
    if (deleted) this.#registry.forget(path);
    else await this.#registry.load(path);
    this.#announceAll();
  }

  #announceAll(): void {
    this.announce('registry');
    this.announce('images');
  }
}
