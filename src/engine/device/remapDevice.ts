import type { BlockDevice, Clock } from '../block/blockDevice';
import { countSectors } from '../block/range';
import { isDustMessage } from '../dmsetup/dustMessages';
import { shellScript } from '../dmsetup/shellScript';
import type { Dialect } from '../dmsetup/status';
import { formatRemapTable } from '../dmsetup/table';
import { RemapError } from '../errors';
import { type MarkerOptions, type MarkerVerification, verifyMarkers, writeMarkers } from '../marker/markerIo';
import { copyHolding } from '../metadata/codec/v4';
import type { MetadataStore } from '../metadata/metadataStore';
import type { PoolEntry } from '../remap/poolEntry';
import type { Relocation } from '../remap/relocation';
import type { RemapTarget } from '../remap/remapTarget';
import { adoptMetadata, type Construction, type ConstructOptions, constructTarget } from './construct';
import type {
  DeviceInfo,
  DeviceSpec,
  InjectOptions,
  MetadataReport,
  RemapListing,
  SectorOrigin,
  SectorRead,
  SectorView,
} from './deviceContracts';
import type { DeviceEvents } from './deviceEvents';
import { DeviceHealth } from './deviceHealth';
import { describeDevice, listRemaps } from './deviceInfo';
import { describeImage } from './deviceScript';
import type { DeviceStack } from './deviceStack';
import { clearErrors, handleDust, injectErrors } from './faultInjection';
import { IdentityKeeper } from './identityKeeper';
import { reportMetadata } from './metadataReport';
import { openNewMember } from './newMember';
import { type ScanOptions, type ScanReport, scanDevice } from './scan';
import { findNonZero, readSectors } from './sectorIo';
import { type Overview, SectorOrigins } from './sectorOrigins';
import { handleMessage, type StatusSource, statusLine } from './statusText';

export interface MarkerRequest extends MarkerOptions {
  readonly sectors?: readonly number[];
  readonly text?: string;
}

/** An assembled device: its layers, its dm-remap target, and everything one can ask of it. */
export class RemapDevice {
  readonly stack: DeviceStack;
  readonly target: RemapTarget;
  readonly health: DeviceHealth;
  readonly stores: readonly (MetadataStore | null)[];
  readonly map: SectorOrigins;
  readonly #identity: IdentityKeeper;
  readonly #events: DeviceEvents;
  readonly #clock: Clock;
  readonly #construction: Construction;
  #spec: DeviceSpec;
  #readOnlyReason: string | null;

  private constructor(
    spec: DeviceSpec,
    stack: DeviceStack,
    construction: Construction,
    events: DeviceEvents,
    clock: Clock,
  ) {
    this.#spec = spec;
    this.stack = stack;
    this.target = construction.target;
    this.stores = construction.stores;
    this.#construction = construction;
    this.#readOnlyReason = construction.readOnlyReason;
    this.#events = events;
    this.#clock = clock;
    this.#identity = new IdentityKeeper(
      stack.main.medium,
      this.target.committer,
      this.stores.find((store) => store !== null)?.extras.mainIdentity ?? new Uint8Array(0),
    );
    this.health = new DeviceHealth(this.target.statistics, clock);
    this.map = new SectorOrigins({
      target: this.target,
      mainBad: stack.main.medium.badSectors,
      spareAt: (index) => {
        const spare = stack.spares[index];
        return spare ? { sectorCount: spare.sectorCount, bad: spare.medium.badSectors } : null;
      },
    });
  }

  /** Constructs the dm-remap target over layers that are open. Errors: {@link constructTarget}. */
  static async construct(
    spec: DeviceSpec,
    stack: DeviceStack,
    options: Omit<ConstructOptions, 'observer'> & { readonly events: DeviceEvents },
  ): Promise<RemapDevice> {
    const construction = await constructTarget(stack.layers, { ...options, observer: options.events });
    const device = new RemapDevice(spec, stack, construction, options.events, options.clock);
    options.events.attach(device);
    return device;
  }

  /** What the device is made from; a spare that is added later is in it. */
  get spec(): DeviceSpec {
    return this.#spec;
  }

  get name(): string {
    return this.#spec.name;
  }

  get sectorCount(): number {
    return this.target.sectorCount;
  }

  /** The flakey layer's arguments as its table line has them; null when it is healthy. */
  get flakeyTable(): string | null {
    return this.stack.flakeyTable;
  }

  get persistent(): boolean {
    return this.target.pool.members.some((member) => member.store !== null);
  }

  /** Why the device is degraded or read-only, a sentence each. */
  get reasons(): string[] {
    const missing = this.stack.spares.flatMap((spare, index) => (spare ? [] : [this.#missingReason(index)]));
    return [...(this.#readOnlyReason ? [this.#readOnlyReason] : []), ...missing, ...this.#events.reasons];
  }

  /**
   * Takes another spare into the pool while the device runs. A blank image is formatted for it.
   * @throws RemapError as {@link openNewMember}; `EINVAL` while the metadata module doesn't serve the device
   */
  async addSpare(path: string): Promise<void> {
    if (!this.persistent) throw this.#notPersistent();
    const { disk, member } = await openNewMember(path, this.target, this.#clock, this.stack.options);
    this.stack.spares.push(disk);
    this.target.pool.replace(member);
    this.#spec = { ...this.#spec, spares: [...this.#spec.spares, path] };
    await this.target.committer.commitAll();
    this.#events.recover('full');
    this.#events.sectorsChanged();
  }

  /** Makes sure that the spares name this main as it is now. No data depend on it, so a failure is only logged. */
  async saveIdentity(): Promise<void> {
    if (!this.persistent || this.target.readOnly) return;
    await this.#identity
      .save()
      .catch((error) => this.#events.log.warning(`Identity of main not saved: ${error}`));
  }

  /** The metadata module was loaded: from now on the device keeps its table, and uses the one on its spare. */
  async adoptMetadata(): Promise<void> {
    if (this.persistent) return;
    const wasSuspended = this.target.suspended;
    if (!wasSuspended) await this.target.suspend();
    try {
      this.#readOnlyReason = await adoptMetadata(this.#construction, this.#events.log);
    } finally {
      if (!wasSuspended) this.target.resume();
      this.#events.sectorsChanged();
    }
  }

  info(): DeviceInfo {
    return describeDevice(this);
  }

  listRemaps(options: { offset?: number; limit?: number } = {}): RemapListing {
    return listRemaps(this.target, options);
  }

  suspend(): Promise<void> {
    return this.target.suspend();
  }

  resume(): void {
    this.target.resume();
  }

  /** Reads through the stack, or from one disk below it. Unreadable sectors are in the answer, not an error. */
  read(
    sector: number,
    count: number,
    options: { from?: SectorView; member?: number } = {},
  ): Promise<SectorRead> {
    return readSectors(this.#deviceOf(options.from ?? 'device', options.member), sector, count);
  }

  /**
   * Writes through the stack, and flushes unless told not to.
   * @returns the sectors that this write remapped
   */
  async write(
    sector: number,
    bytes: Uint8Array,
    options: { flush?: boolean } = {},
  ): Promise<{ remapped: number[] }> {
    const remapped: number[] = [];
    const onRemapped = (entry: PoolEntry): void => void remapped.push(entry.original);
    await this.target.write(sector, bytes, { onRemapped });
    if (options.flush ?? true) await this.target.flush();
    this.#identity.noteWrite(sector);
    this.#events.sectorsChanged([[sector, bytes.length / 512]]);
    return { remapped: remapped.sort((a, b) => a - b) };
  }

  origins(view: SectorView, first: number, count: number, member = 0): SectorOrigin[] {
    return this.map.origins(view, first, count, member);
  }

  async findNext(
    view: SectorView,
    kind: 'remapped' | 'bad' | 'nonzero',
    from: number,
    direction: 1 | -1,
    signal?: AbortSignal,
  ): Promise<number | null> {
    if (kind === 'nonzero') return findNonZero(this.#deviceOf(view), from, direction, signal);
    return this.map.findNext(view, kind, from, direction);
  }

  overview(view: SectorView, bucketCount: number): Overview {
    return this.map.overview(view, bucketCount);
  }

  async injectErrors(options: InjectOptions): Promise<void> {
    await injectErrors(this.stack, options);
    this.#events.sectorsChanged();
  }

  async clearErrors(): Promise<void> {
    await clearErrors(this.stack);
    this.#events.sectorsChanged();
  }

  async remapSector(sector: number): Promise<{ original: number; spare: number }> {
    const { original, spare } = await this.target.remapSector(sector);
    return { original, spare };
  }

  /** Writes the device's markers, or those asked for, and flushes. */
  async writeMarkers(request: MarkerRequest = {}): Promise<{ written: number; remapped: number[] }> {
    const remapped: number[] = [];
    const onRemapped = (entry: PoolEntry): void => void remapped.push(entry.original);
    const device = {
      sectorCount: this.sectorCount,
      write: (sector: number, bytes: Uint8Array) => this.target.write(sector, bytes, { onRemapped }),
      flush: () => this.target.flush(),
    };
    const written = await writeMarkers(device, ...this.#markersOf(request));
    for (const sector of written) this.#identity.noteWrite(sector);
    this.#events.sectorsChanged(written.map((sector) => [sector, 1]));
    return { written: written.length, remapped: remapped.sort((a, b) => a - b) };
  }

  verifyMarkers(request: MarkerRequest = {}): Promise<MarkerVerification> {
    const [sectors, text, options] = this.#markersOf(request);
    const describeSource = (sector: number): string => describeOrigin(this.origins('device', sector, 1)[0]!);
    return verifyMarkers(this.target, sectors, text, { ...options, describeSource });
  }

  /**
   * Scans the whole device beside its other I/O; a completed scan counts in field 26 and in the spare's health data.
   * Errors: {@link scanDevice}.
   */
  async scan(options: ScanOptions = {}): Promise<ScanReport> {
    const { statistics, committer } = this.target;
    const remappedSectors = (): number => statistics.remappedSectors;
    const report = await scanDevice(this.target, { ...options, remappedSectors });
    this.health.scanCount++;
    if (this.persistent && !this.target.readOnly)
      await committer.commitExtras({ health: this.health.afterScan(report) });
    this.#events.sectorsChanged();
    return report;
  }

  /** The status line; 31 fields. */
  status(dialect: Dialect = 'v4.0.3'): string {
    return statusLine(this.#statusSource(), dialect);
  }

  /** The table line, as `dmsetup table` prints it. */
  table(dialect: Dialect = 'head'): string {
    const { mainPath, sparePath } = this.#statusSource();
    return formatRemapTable({ sectorCount: this.sectorCount, mainPath, sparePath }, dialect);
  }

  /** Carries out a message of dm-remap, or of dm-dust on the main image's medium, and gives the reply. */
  async message(text: string): Promise<string> {
    const argv = text.trim().split(/\s+/);
    if (isDustMessage(argv[0] ?? '')) {
      const reply = await handleDust(this.stack.main, argv, this.#events.log);
      this.#events.sectorsChanged();
      return reply;
    }
    return handleMessage(this.#statusSource(), text);
  }

  /** A shell script that builds the same stack on a Linux machine with the real module. */
  shellScript(): string {
    const [spare] = this.stack.spares.filter((disk) => disk !== null);
    return shellScript({
      name: this.name,
      main: describeImage(this.stack.main),
      spare: describeImage(spare!),
      flakey: this.stack.flakeyTable,
    });
  }

  /** Reads the five copies as they are on the spare now. */
  async checkMetadata(member = 0): Promise<MetadataReport> {
    await this.target.committer.settle();
    return reportMetadata(this.#deviceOf('spare', member), this.#clock);
  }

  /**
   * Brings every damaged copy up to date (R7), and puts the first one back where {@link exportPaths} has put paths.
   * @throws RemapError `EROFS` on a read-only device, `EINVAL` while the metadata module doesn't serve the device
   */
  async repairMetadata(): Promise<MetadataReport> {
    if (!this.persistent) throw this.#notPersistent();
    if (this.target.readOnly) throw new RemapError('EROFS', this.reasons[0] ?? 'the device is read-only');
    await this.target.committer.rewrite();
    return this.checkMetadata();
  }

  /**
   * Lets dm-remap-scan find the device: the paths that it reads take the place of the first metadata copy; the kernel reads
   * the other four (FORMAT.md, section 8). It stays so until {@link repairMetadata}.
   * @throws RemapError `EINVAL` for a path too long for it, or while the metadata module doesn't serve the device; `EROFS`
   */
  async exportPaths(): Promise<MetadataReport> {
    if (!this.persistent) throw this.#notPersistent();
    if (this.target.readOnly) throw new RemapError('EROFS', this.reasons[0] ?? 'the device is read-only');
    const { main, spares } = this.spec;
    await this.target.committer.withStores(({ index, store }) =>
      store.writeScript({ mainPath: main, sparePath: spares[index]! }),
    );
    this.#events.sectorsChanged();
    return this.checkMetadata();
  }

  /**
   * Moves remaps that a kernel left inside the metadata area, so that the device takes writes again (R9).
   * @throws RemapError `EINVAL` while the metadata module doesn't serve the device
   */
  async relocate(): Promise<Relocation> {
    if (!this.persistent) throw this.#notPersistent();
    const copies = this.stores[0]?.copies() ?? [];
    const result = await this.target.relocate((sector) => {
      const copy = copyHolding(sector);
      return copy !== null && copies[copy]?.valid === true;
    });
    this.#readOnlyReason = null;
    this.#events.sectorsChanged();
    return result;
  }

  /** How many sectors are bad on all of its disks. */
  get badSectors(): number {
    return countSectors(this.stack.disks.map((disk) => [0, disk.medium.badSectors.sectorCount] as const));
  }

  #missingReason(index: number): string {
    return `spare ${index} (${this.#spec.spares[index]}) is missing: the sectors on it cannot be read`;
  }

  #notPersistent(): RemapError {
    return new RemapError('EINVAL', `${this.name} keeps no metadata: load dm-remap-v4-metadata first`);
  }

  #deviceOf(view: SectorView, member = 0): BlockDevice {
    if (view === 'device') return this.target;
    if (view === 'main') return this.stack.main.medium;
    const spare = this.stack.spares[member];
    if (!spare) throw new RemapError('ENOENT', `spare ${member} of ${this.name} is missing`);
    return spare.medium;
  }

  #markersOf(request: MarkerRequest): [readonly number[], string, MarkerOptions] {
    const { sectors, text } = this.spec.markers;
    return [request.sectors ?? sectors, request.text ?? text, request];
  }

  #statusSource(): StatusSource {
    const [spare] = this.stack.spares.filter((disk) => disk !== null);
    return {
      target: this.target,
      health: this.health,
      mainPath: this.spec.main,
      sparePath: this.spec.spares[0]!,
      spareSectors: spare!.sectorCount,
    };
  }
}

/** Where a sector's bytes come from, in words. */
function describeOrigin(origin: SectorOrigin): string {
  if (origin.kind === 'spare') return `spare sector ${origin.at}`;
  if (origin.kind === 'bad')
    return origin.detail === undefined ? 'bad sector of main' : 'bad sector of the spare';
  return 'main';
}
