import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../contract/pathKey';
import type { DevicesService } from '../devices/devicesService';
import type { VolumeLook } from '../devices/volumeLook';
import { volumeLooksOf } from '../devices/volumeLooks';
import { type MachineEvent, RemapError } from '../engine';
import type { ViewInfo } from '../shared/protocol';
import { BufferSource } from './bufferSource';
import { DeviceSource } from './deviceSource';
import { ImageSource } from './imageSource';
import type { SectorSource } from './sectorSource';

/** What a document shows: a device or a file, and how to open it. */
export interface DocumentSubject extends vscode.Disposable {
  /** The key of the device that the document shows; null for a file. */
  readonly deviceKey: string | null;
  /** @throws RemapError why it can't be opened */
  open(): Promise<SectorSource>;
  /** What is in the file systems of a view; null for a view that holds none, such as a spare. */
  volumesOf(view: ViewInfo): Promise<VolumeLook | null>;
  /** Fires when a device or a file appeared, so that opening may succeed where it failed before. */
  readonly onDidAppear: vscode.Event<void>;
}

/** A burst of file events causes one refresh. */
const SETTLE_MS = 150;

/** A device, named by its device file, or by the main image of a device that has none. */
export class DeviceSubject implements DocumentSubject {
  readonly deviceKey: string;
  readonly #appear = new vscode.EventEmitter<void>();
  readonly onDidAppear = this.#appear.event;
  readonly #subscription: vscode.Disposable;
  #source: DeviceSource | null = null;

  /** @param saved fires with the name of a device when edits of it are in its images */
  constructor(
    private readonly devices: DevicesService,
    private readonly uri: vscode.Uri,
    private readonly saved: vscode.EventEmitter<string>,
  ) {
    this.deviceKey = uri.fsPath;
    this.#subscription = devices.onDidChange((event) => {
      if (event.kind === 'created' && this.#entry()?.name === event.device) this.#appear.fire();
      if (event.kind === 'registry') this.#source?.offersChanged();
    });
  }

  async open(): Promise<SectorSource> {
    if (this.uri.scheme !== 'file') {
      throw new RemapError('EINVAL', 'A device can only be assembled from files on this computer.');
    }
    await this.devices.ready();
    const device = this.#entry()?.device ?? (await this.devices.assemble(this.uri));
    const machine = this.devices.machineOf(device);
    const listen = (listener: (event: MachineEvent) => void) => machine.onEvent(listener);
    this.#source = new DeviceSource(
      device,
      listen,
      () => this.#entry()?.offeredMap,
      () => this.saved.fire(device.name),
    );
    return this.#source;
  }

  async volumesOf({ id, description }: ViewInfo): Promise<VolumeLook | null> {
    if (id === 'device') return volumeLooksOf(this.devices).at(this.deviceKey);
    return id === 'main' ? volumeLooksOf(this.devices).at(description) : null;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#appear.dispose();
  }

  #entry() {
    return this.devices.entries().find(({ deviceKey }) => isSamePath(deviceKey, this.deviceKey));
  }
}

/** A file by itself. */
export class ImageSubject implements DocumentSubject {
  readonly deviceKey = null;
  readonly #appear = new vscode.EventEmitter<void>();
  readonly onDidAppear = this.#appear.event;
  readonly #disposables: vscode.Disposable[] = [this.#appear];
  #source: ImageSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param saved fires with the name of a device when edits of it are in its images */
  constructor(
    private readonly devices: DevicesService,
    private readonly uri: vscode.Uri,
    saved: vscode.Event<string>,
  ) {
    if (uri.scheme !== 'file') return;
    this.#watch(uri.fsPath);
    this.#watch(`${uri.fsPath}.map`);
    const ofOwner = (device: string) => {
      if (devices.ownerOf(uri.fsPath)?.device.name === device) this.#refreshSoon();
    };
    const listener = devices.onDidChange((event) => {
      const { kind } = event;
      if (kind === 'created' || kind === 'removed' || kind === 'maps') this.#refreshSoon();
      if (kind === 'sectors') ofOwner(event.device);
    });
    this.#disposables.push(
      listener,
      saved(ofOwner),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#refreshSoon()),
    );
  }

  async open(): Promise<SectorSource> {
    if (this.uri.scheme !== 'file') return BufferSource.open(this.uri);
    const { fsPath } = this.uri;
    this.#source = await ImageSource.open(fsPath, {
      owner: () => this.devices.ownerOf(fsPath)?.device.name,
      isTrusted: () => this.devices.policy.isTrusted,
      maps: this.devices.maps,
    });
    return this.#source;
  }

  async volumesOf(): Promise<VolumeLook | null> {
    return this.uri.scheme === 'file' ? volumeLooksOf(this.devices).at(this.uri.fsPath) : null;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #watch(path: string): void {
    const name = path.slice(dirname(path).length + 1).replace(/[[\]{}*?]/g, '[$&]');
    const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(path)), name);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const refresh = () => this.#refreshSoon();
    this.#disposables.push(
      watcher,
      watcher.onDidCreate(refresh),
      watcher.onDidChange(refresh),
      watcher.onDidDelete(refresh),
    );
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#source) void this.#source.refresh();
      this.#appear.fire();
    }, SETTLE_MS);
  }
}
