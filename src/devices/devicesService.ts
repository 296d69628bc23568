import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { describeLosses } from '../contract/losses';
import { createDeviceFiles, deleteDeviceFiles, type NewDevice } from '../contract/newDevice';
import type { Task } from '../contract/task';
import {
  type BeforeAndAfter,
  type DeviceSpec,
  Machine,
  type MachineEvent,
  MODULE_NAMES,
  type RemapDevice,
  RemapError,
} from '../engine';
import { contextKeys } from '../manifest';
import { AssembledMemory } from './assembledMemory';
import { Assembler, type AssemblyChoice } from './assembler';
import { CalmEvents } from './calmEvents';
import { ContextKeys } from './contextKeys';
import type { DeviceEntry } from './deviceEntry';
import { DeviceExports } from './deviceExports';
import type { DevicesEvent } from './devicesEvent';
import type { MappedImage } from './imageSituations';
import { type ImageOwner, Inventory } from './inventory';
import { logKernelLine } from './kernelLog';
import { rememberListed } from './listedMemory';
import { Machines, type RunningScenario, type ShownModules } from './machines';
import { devicesWithMaps, mayBeMaps } from './mapChanges';
import { MapOffers } from './mapOffers';
import { Markers } from './markers';
import { Milestones, type Restart } from './milestones';
import { RescueMaps } from './rescueMaps';
import { Scans } from './scans';
import { readSetting } from './settings';
import { Verdicts } from './verdicts';
import { WorkspaceFiles } from './workspaceFiles';
import { deviceKeyOf, RESTRICTED, WritePolicy } from './writePolicy';

/** The bridge between the workspace's files and the engine's machine: one registry, one event stream. */
export class DevicesService implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Remap Inspector', { log: true });
  readonly machine = new Machine({ modules: [] });
  readonly verdicts = new Verdicts();
  /** The user's devices that NBD clients can use. */
  readonly exports = new DeviceExports(this.machine, (device) => this.#announce({ kind: 'exports', device }));

  readonly #change = new vscode.EventEmitter<DevicesEvent>();
  readonly onDidChange = this.#change.event;
  readonly #machines = new Machines(this.machine);
  readonly #files = new WorkspaceFiles();
  readonly #inventory = new Inventory(this.#machines, this.#files, (kind) => this.#announce({ kind }));
  readonly #contextKeys = new ContextKeys();
  readonly scans = new Scans(this.#contextKeys);
  readonly #milestones = new Milestones((key, value) => this.#contextKeys.set(key, value));
  readonly markers: Markers;
  /** Which devices may be written. */
  readonly policy: WritePolicy;
  readonly maps: RescueMaps;
  readonly #assembler: Assembler;
  readonly #offers: MapOffers;
  readonly #disposables = [
    this.log,
    this.#change,
    this.#files,
    this.#inventory,
    this.scans,
    this.#contextKeys,
    new vscode.Disposable(this.machine.onEvent((event) => this.#followOwn(event))),
    vscode.workspace.onDidGrantWorkspaceTrust(() => this.#followTrust()),
    this.#files.onImages(() => this.#checkPlaces()),
    this.#files.onGone(() => this.#checkPlaces()),
    this.#files.onMaps((paths) => this.#followMaps(paths)),
  ];
  #ready: Promise<void> | undefined;
  #focus: string | null = null;
  /** Reloads and reboots under way. */
  #restarts = 0;

  constructor(context: vscode.ExtensionContext) {
    const memory = new AssembledMemory(context.workspaceState);
    rememberListed(this.machine, context.workspaceState);
    const storage = [context.storageUri, context.globalStorageUri].flatMap((uri) => uri?.fsPath ?? []);
    const folders = () => (this.#files.folders().length > 0 ? [...this.#files.folders(), ...storage] : []);
    const isTrusted = () => vscode.workspace.isTrusted;
    this.maps = new RescueMaps(context.workspaceState);
    this.markers = new Markers(context.workspaceState, this.verdicts, this.#milestones, (device) =>
      this.announceVerdicts(device),
    );
    this.#offers = new MapOffers(
      this.maps,
      () => this.#inventory.entries(),
      () => this.#announce({ kind: 'registry' }),
    );
    this.policy = new WritePolicy({ isTrusted, folders }, context.workspaceState);
    this.#assembler = new Assembler(this.machine, this.#inventory, memory, this.policy, this.log);
  }

  /** Starts at once only if devices are to be assembled: else no file is read before a view, editor or command needs it. */
  begin(): void {
    const choice = readSetting('assembleAtStart');
    if (choice === 'all' || (choice === 'remembered' && this.#assembler.hasRemembered)) void this.ready();
  }

  /** Starts at the first call; resolves when the workspace was searched and the devices for the start are assembled. */
  ready(): Promise<void> {
    this.#ready ??= this.#start();
    return this.#ready;
  }

  entries(): DeviceEntry[] {
    return this.#inventory.entries().map((entry) => this.#withOffer(entry));
  }

  /** The known device of a key; undefined: there is none. */
  entry(deviceKey: string): DeviceEntry | undefined {
    const entry = this.#inventory.entry(deviceKey);
    return entry && this.#withOffer(entry);
  }

  /** @throws RemapError `ENODEV`, `EINVAL` when the reference means no device, or several */
  find(reference: unknown): DeviceEntry {
    return this.#withOffer(this.#inventory.find(reference));
  }

  /**
   * The assembled device that a reference means.
   * @throws RemapError as {@link find}, `ENODEV` when the device isn't assembled
   */
  get(reference: unknown): RemapDevice {
    const { device, name } = this.find(reference);
    if (device) return device;
    throw new RemapError('ENODEV', `the device "${name}" is not assembled: assemble it first`, {
      device: name,
    });
  }

  /**
   * As {@link get}, for work that takes a device up or down: only a device of the user's own, none of a scenario's.
   * @throws RemapError as {@link get}, `EBUSY` for a device that a scenario runs
   */
  getOwn(reference: unknown): RemapDevice {
    return this.#machines.requireOwn(this.get(reference));
  }

  /** Whether a reload or reboot is under way, in which modules come and go. */
  get isRestarting(): boolean {
    return this.#restarts > 0;
  }

  /** The machine that runs an assembled device. */
  machineOf(device: RemapDevice): Machine {
    return this.#machines.of(device);
  }

  /** Shows a scenario's machine beside the user's own for as long as it runs. */
  attach(scenario: RunningScenario): vscode.Disposable {
    this.#machines.add(scenario);
    const events = new CalmEvents((event) => this.#follow(event, `[${scenario.name}] `));
    const stopFollowing = scenario.machine.onEvent((event) => events.take(event));
    this.#announceMachines();
    return new vscode.Disposable(() => {
      stopFollowing();
      events.flush();
      this.#machines.delete(scenario);
      this.#announceMachines();
    });
  }

  /** The modules of the running scenario, or the user's when none runs. */
  shownModules(): ShownModules {
    return this.#machines.shownModules();
  }

  /** The assembled device that has an image open, and as what. */
  ownerOf(image: string): ImageOwner | undefined {
    return this.#inventory.ownerOf(image);
  }

  /** The workspace's images that belong to no known device, with their rescue maps. */
  async freeImages(): Promise<MappedImage[]> {
    const images = [];
    for (const image of await this.#inventory.freeImages())
      images.push({ ...image, maps: await this.maps.look(image.path) });
    this.#contextKeys.tellImages(images);
    return images;
  }

  /** Looks again for the rescue maps of devices and images: which ones are used may have changed. */
  async lookForMaps(): Promise<void> {
    await this.#offers.look();
    this.#announce({ kind: 'maps' });
    this.#announce({ kind: 'images' });
  }

  /** Searches the workspace for device files and images again. */
  async search(): Promise<void> {
    await this.#inventory.search();
    this.#lookForOffers();
  }

  /** The device that people look at: the focused one, else one that is assembled, else any. */
  focus(): DeviceEntry | undefined {
    const entries = this.entries();
    const focused = entries.find((entry) => entry.deviceKey === this.#focus);
    return focused ?? entries.find((entry) => entry.device) ?? entries[0];
  }

  setFocus(deviceKey: string | null): void {
    if (deviceKey === this.#focus) return;
    this.#focus = deviceKey;
    this.#announce({ kind: 'focus' });
  }

  /** Tells the followers of {@link onDidChange} that a device's markers or metadata were checked. */
  announceVerdicts(device: string): void {
    this.#announce({ kind: 'verdicts', device });
  }

  /** Makes a device's images and file and assembles it; if that is refused, the files are removed again. */
  async create(device: NewDevice, task?: Task): Promise<{ device: RemapDevice; notes: readonly string[] }> {
    this.policy.requireTrust();
    const made = await createDeviceFiles(device, task);
    const assembled = this.assemble(made.deviceFile, { permit: true });
    const begun = assembled.then((each) => this.markers.begin(each));
    await begun.catch(() => deleteDeviceFiles(made).then(() => this.#inventory.forget(made.deviceFile)));
    return { device: await begun, notes: made.notes };
  }

  /**
   * Assembles a known device, a device file or `{ main, spare }`; answers the device that is assembled from it already.
   * It is read-only if that is chosen, or if the policy is against writing and nothing is permitted.
   * @throws RemapError when the device file is wrong or the machine refuses the device; then nothing has changed
   */
  assemble(reference: unknown, choice?: AssemblyChoice): Promise<RemapDevice> {
    return this.#assembler.assemble(reference, choice);
  }

  /** The choice to open a device, by its key, read-only, if it was made: removing the device forgets it. */
  readOnlyChoice(deviceKey: string): AssemblyChoice {
    return this.#assembler.readOnlyChoice(deviceKey);
  }

  /** What {@link assemble} would assemble. @throws RemapError when the device file is wrong */
  specOf(reference: unknown): Promise<DeviceSpec> {
    return this.#assembler.specOf(reference);
  }

  /**
   * Assembles all devices, as a boot does: those of device files and, with setup-reassembly, those that images hold by
   * themselves. A device that is refused is logged and shown with its problem.
   * @throws RemapError `ENOENT`, `EINVAL` when nothing could be assembled because mains are missing or several fit
   */
  assembleAll(signal?: AbortSignal): Promise<RemapDevice[]> {
    return this.#assembler.assembleAll(signal);
  }

  /** Takes an assembled device down. It is gone even when its last flush fails, which is thrown. */
  async remove(reference: unknown): Promise<void> {
    try {
      const { name, spec } = this.getOwn(reference);
      await this.machine.remove(name);
      this.#assembler.forgetChoice(deviceKeyOf(spec));
    } finally {
      await this.#assembler.remember();
    }
  }

  /**
   * Takes devices and modules down and brings them up again, as the published persistence test did; all devices when none
   * is named. Remap entries that are lost are in the log.
   */
  async reload(
    reference: unknown,
    options: { waitMs: number; signal?: AbortSignal; onStep?: (text: string) => void },
  ): Promise<BeforeAndAfter> {
    const names = reference === undefined ? undefined : [this.getOwn(reference).name];
    return this.#restart('reload', () => this.machine.reload(names, options));
  }

  /** Drops all memory of the machine and starts it again. Remap entries that are lost are in the log. */
  async reboot(options: {
    powerLoss?: boolean;
    seed?: number;
    onStep?: (text: string) => void;
  }): Promise<BeforeAndAfter> {
    const reassemble = () => this.assembleAll();
    const restart = () => this.machine.reboot({ ...options, reassemble });
    return this.#restart(options.powerLoss ? 'powerLoss' : 'reboot', restart);
  }

  /** Ends all exports and takes every device down cleanly, as a shutdown does, so that its images are free for others. */
  async close(): Promise<void> {
    await this.exports.close();
    await this.machine.close();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #withOffer(entry: DeviceEntry): DeviceEntry {
    const offeredMap = this.#offers.of(entry);
    return offeredMap ? { ...entry, offeredMap } : entry;
  }

  async #start(): Promise<void> {
    this.#inventory.watch();
    try {
      await this.#boot();
      await this.search();
      await this.#assembleAtStart();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
    }
    this.#contextKeys.set(contextKeys.ready, true);
  }

  /** Loads the modules that the settings name, in load order; one that is refused is logged. */
  async #boot(): Promise<void> {
    const wanted = readSetting('modulesAtStart');
    for (const name of MODULE_NAMES.filter((module) => wanted.includes(module))) {
      await this.machine.loadModule(name).catch((error) => this.log.error(describeError(error).message));
    }
  }

  async #assembleAtStart(): Promise<void> {
    const choice = readSetting('assembleAtStart');
    if (choice === 'remembered') await this.#assembler.assembleRemembered();
    if (choice === 'all') await this.#assembler.assembleEach(this.entries());
  }

  /** The workspace is trusted now: what was open read-only for that alone is opened for writing. */
  async #followTrust(): Promise<void> {
    await this.ready();
    const restricted = this.machine.devices().filter(({ spec }) => spec.readOnly === RESTRICTED);
    await this.#assembler.assembleEach(restricted.map(({ spec }) => ({ deviceKey: deviceKeyOf(spec) })));
    this.#announce({ kind: 'registry' });
  }

  /** Logs which entries and devices were lost: otherwise a user would learn it from a sector's wrong bytes. */
  async #restart(how: Restart, restart: () => Promise<BeforeAndAfter>): Promise<BeforeAndAfter> {
    this.#restarts++;
    try {
      const result = await restart();
      this.#milestones.restarted(result.before, how);
      for (const loss of describeLosses(result)) this.log.warn(loss);
      return result;
    } finally {
      this.#restarts--;
      this.#announce({ kind: 'modules' });
      await this.#assembler.remember();
    }
  }

  #follow(event: MachineEvent, prefix = ''): void {
    if (event.kind === 'log') logKernelLine(this.log, event, prefix);
    this.verdicts.follow(event);
    this.#announce(event);
  }

  #followOwn(event: MachineEvent): void {
    this.#follow(event);
    if (event.kind !== 'created' && event.kind !== 'removed') return;
    this.#announce({ kind: 'images' });
    this.#lookForOffers();
  }

  /** Not before the start is done: reading maps must not hold up the devices that are assembled then. */
  #lookForOffers(): void {
    void this.ready().then(() => this.#offers.look());
  }

  /** A file came or went: it may be an open image. */
  #checkPlaces(): void {
    for (const device of this.#machines.devices()) void device.checkPlaces();
  }

  /** Another program, or this one, wrote a rescue map, or one came or went. */
  async #followMaps(paths: ReadonlySet<string>): Promise<void> {
    for (const device of devicesWithMaps(paths, this.#machines.devices())) {
      await device.rereadMaps().catch((error) => this.log.error(describeError(error).message));
    }
    if (mayBeMaps(paths, this.#inventory.knownImages())) await this.lookForMaps();
  }

  #announceMachines(): void {
    for (const kind of ['registry', 'modules', 'images'] as const) this.#announce({ kind });
  }

  #announce(event: DevicesEvent): void {
    if (['registry', 'images', 'displaced'].includes(event.kind)) {
      this.#contextKeys.tellDevices(this.entries());
    }
    if (event.kind === 'images') this.#contextKeys.set(contextKeys.hasNoPair, false);
    if (event.kind === 'changed') this.#contextKeys.tellSuspended(this.machine.devices());
    this.#change.fire(event);
  }
}
