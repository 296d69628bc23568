import type { Dialect } from '../dmsetup/status';
import type { SectorRange } from '../errors';
import type { MarkerVerification } from '../marker/markerIo';
import type { Relocation } from '../remap/relocation';
import { ClientSectors } from './clientSectors';
import { constructTarget } from './construct';
import type {
  ClearWhich,
  DeviceInfo,
  DeviceSpec,
  DisplacedImage,
  Injection,
  InjectOptions,
  MetadataReport,
  RemapListing,
  SectorLandmark,
  SectorOrigin,
  SectorRead,
  SectorView,
} from './deviceContracts';
import { DeviceDetails } from './deviceDetails';
import { DeviceEvents } from './deviceEvents';
import { describeDevice, listRemaps, listStrays } from './deviceInfo';
import { type MarkerRequest, verifyDeviceMarkers, writeDeviceMarkers } from './deviceMarkers';
import { handleMessage } from './deviceMessages';
import * as metadata from './deviceMetadata';
import { type DeviceOptions, DeviceParts } from './deviceParts';
import { scanAndRecord } from './deviceScan';
import { deviceShellScript } from './deviceShellScript';
import type { DeviceStack } from './deviceStack';
import { displacedImages, followPlaces, type SaveOptions, saveDisplaced } from './displacedImages';
import { blockSizesOf, clearErrors, failNextRead, injectErrors } from './faultInjection';
import { addSpare } from './newMember';
import { readSectors, type SectorReadOptions } from './readSectors';
import type { SavedImage } from './saveOpenImage';
import type { ScanOptions, ScanReport } from './scan';
import type { Overview } from './sectorOrigins';
import { deviceStatus, tableLine } from './statusLine';
import { type DeviceSymptoms, describeSymptoms } from './symptoms';
import { writeSectors } from './writeSectors';

/**
 * An assembled device: everything that can be asked of it, and the order in which its parts are closed. The parts
 * themselves can't be reached from outside.
 */
export class RemapDevice {
  readonly #parts: DeviceParts;
  /** What views tell of it in detail. */
  readonly details: DeviceDetails;

  private constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.details = new DeviceDetails(parts);
  }

  /**
   * Constructs the dm-remap target over layers that are open, and saves the current fingerprint of main on its spares. The
   * device closes the layers when it ends; they stay open when this fails. Errors: {@link constructTarget}.
   */
  static async construct(
    spec: DeviceSpec,
    stack: DeviceStack,
    { persistent, clock, emit }: DeviceOptions,
  ): Promise<RemapDevice> {
    const events = new DeviceEvents(spec.name, emit);
    const { readOnly } = spec;
    const isDisplaced = stack.disks.some(({ displacement }) => displacement !== null);
    const options = { persistent, readOnly, isDisplaced, clock, observer: events, log: events.log };
    const construction = await constructTarget(stack.layers, options);
    const parts = new DeviceParts(spec, stack, construction, events, clock);
    events.attach(parts);
    followPlaces(parts);
    await parts.checkMain();
    await parts.saveIdentity();
    return new RemapDevice(parts);
  }

  // What it is.

  /** What the device is made from; a spare that is added later is in it. */
  get spec(): DeviceSpec {
    return this.#parts.spec;
  }

  get name(): string {
    return this.#parts.spec.name;
  }

  get sectorCount(): number {
    return this.#parts.target.sectorCount;
  }

  /** The flakey layer's arguments as its table line has them; null when it is healthy. */
  get flakeyTable(): string | null {
    return this.#parts.stack.flakeyTable;
  }

  /** Whether the metadata module serves the device: its remap table is kept on the spares. */
  get persistent(): boolean {
    return this.#parts.persistent;
  }

  get suspended(): boolean {
    return this.#parts.target.suspended;
  }

  /** Whether writes are refused; {@link reasons} says why. */
  get readOnly(): boolean {
    return this.#parts.target.readOnly;
  }

  /** Why the device is degraded or read-only, a sentence each. */
  get reasons(): string[] {
    return this.#parts.reasons.map(({ text }) => text);
  }

  /** What is wrong with it, as far as that is known without reading anything. */
  symptoms(): DeviceSymptoms {
    return describeSymptoms(this.#parts);
  }

  info(): DeviceInfo {
    return describeDevice(this.#parts);
  }

  /** A page of the remap entries, ascending by original sector. */
  listRemaps(options: { offset?: number; limit?: number } = {}): RemapListing {
    return listRemaps(this.#parts.target, options);
  }

  /** Whether a spare is there: one of several may be missing. */
  hasSpare(member: number): boolean {
    return Boolean(this.#parts.stack.spares[member]);
  }

  // Its sectors.

  /**
   * Reads through the whole stack, or from one disk below it. Unreadable sectors are in the answer, not an error. A sector
   * that only a retry can read is moved to the spare (R3), unless the caller only looks.
   * @throws RemapError `EINVAL` outside the device or for more than 64 MiB, `ENOENT` for a spare that is missing
   */
  async read(
    sector: number,
    count: number,
    { from = 'device', member, ...options }: SectorReadOptions & { from?: SectorView; member?: number } = {},
  ): Promise<SectorRead> {
    return readSectors(this.#parts.layerOf(from, member), sector, count, options);
  }

  /**
   * Writes through the whole stack, and flushes unless told not to.
   * @returns the sectors that this write remapped, ascending
   */
  async write(
    sector: number,
    bytes: Uint8Array,
    options: { flush?: boolean } = {},
  ): Promise<{ remapped: number[] }> {
    return { remapped: await writeSectors(this.#parts, sector, bytes, options) };
  }

  /** The device, or one of its images, as programs outside use it. */
  clientSectors(view: SectorView, member = 0): ClientSectors {
    return new ClientSectors(this.#parts, view, member);
  }

  /** Makes everything durable that was written before (R6). */
  flush(): Promise<void> {
    return this.#parts.target.flush();
  }

  /** Copies a sector's data to the spare and remaps it though it may be healthy. Errors: `RemapTarget.remapSector`. */
  async remapSector(sector: number): Promise<{ original: number; spare: number }> {
    return metadata.placeOf(await this.#parts.target.remapSector(sector));
  }

  /** Moves a sector's data back to main, durably, and ends its remap. Errors: {@link metadata.unremapSector}. */
  unremapSector(sector: number): Promise<{ original: number; spare: number }> {
    return metadata.unremapSector(this.#parts, sector);
  }

  /** Sectors of a view; 0 for a spare that is missing. */
  sectorCountOf(view: SectorView, member = 0): number {
    return this.#parts.origins.sectorCount(view, member);
  }

  /** The sectors of a spare that are the large table's, in any order. Data may lie above them. */
  tableRanges(member: number): readonly SectorRange[] {
    return this.#parts.stores[member]?.tableRanges ?? [];
  }

  /** Where the bytes of `[first, first + count)` come from: ascending, without gaps. */
  origins(view: SectorView, first: number, count: number, member = 0): SectorOrigin[] {
    return this.#parts.origins.of(view, first, count, member);
  }

  /** The nearest sector of a kind from `from` on (inclusive), or null. */
  findNext(
    view: SectorView,
    kind: SectorLandmark,
    from: number,
    direction: 1 | -1,
    member = 0,
  ): number | null {
    return this.#parts.origins.findNext(view, kind, from, direction, member);
  }

  /** How many remapped, bad and not rescued sectors each of `bucketCount` equal parts of a view has, or of a run of it. */
  overview(view: SectorView, bucketCount: number, member = 0, run?: SectorRange): Overview {
    return this.#parts.origins.overview(view, bucketCount, member, run);
  }

  /** Writes the device's markers, or those asked for, and flushes. */
  writeMarkers(request: MarkerRequest = {}): Promise<{ written: number; remapped: number[] }> {
    return writeDeviceMarkers(this.#parts, request);
  }

  /** Reads the device's markers, or those asked for, and judges each. */
  verifyMarkers(request: MarkerRequest = {}): Promise<MarkerVerification> {
    return verifyDeviceMarkers(this.#parts, request);
  }

  /** Scans the whole device while its other I/O goes on, and notes a completed scan. Errors: {@link scanAndRecord}. */
  scan(options: ScanOptions = {}): Promise<ScanReport> {
    return scanAndRecord(this.#parts, options);
  }

  // Its faults.

  /** Makes sectors bad, and loads a flakey table; tells what it was. Errors: {@link injectErrors}, and `EROFS` read-only. */
  async injectErrors(options: InjectOptions): Promise<Injection> {
    this.#parts.requireWritable();
    const injection = await injectErrors(this.#parts.stack, options);
    this.#parts.events.sectorsChanged();
    return injection;
  }

  /** In which block sizes a list can be meant, the likeliest first; null: it says that itself. */
  blockSizesOf(path: string, on?: InjectOptions['on']): Promise<number[] | null> {
    return blockSizesOf(this.#parts.stack, path, on);
  }

  /** Lets the next read of each of these sectors of main fail, and those after it succeed. @throws RemapError `EROFS` */
  async failNextRead(sectors: readonly number[]): Promise<void> {
    this.#parts.requireWritable();
    await failNextRead(this.#parts.stack.main, sectors);
    this.#parts.events.sectorsChanged();
  }

  /** Heals what fails, all of it, only what was injected here, or a part; answers copies of maps. Errors: {@link clearErrors}. */
  async clearErrors(which: ClearWhich = 'all'): Promise<string[]> {
    this.#parts.requireWritable();
    const kept = await clearErrors(this.#parts.stack, which);
    this.#parts.events.sectorsChanged();
    return kept;
  }

  /** Takes over what other programs wrote into its maps. Errors: {@link DeviceStack.rereadMaps}. */
  rereadMaps(): Promise<void> {
    return this.#parts.stack.rereadMaps();
  }

  // What dmsetup shows and takes.

  /** The status line; 31 fields. */
  status(dialect: Dialect = 'v4.0.3'): string {
    return deviceStatus(this.#parts, dialect);
  }

  /** The table line, as `dmsetup table` prints it. */
  table(dialect: Dialect = 'head'): string {
    return tableLine(this.#parts, dialect);
  }

  /** Carries out a message of dm-remap or dm-dust, and gives the reply. Errors: {@link handleMessage}. */
  message(text: string): Promise<string> {
    return handleMessage(this.#parts, text);
  }

  /** A shell script that builds the same stack on a Linux machine with the real module. */
  shellScript(): string {
    return deviceShellScript(this.#parts);
  }

  // Its metadata and its spares.

  /** Reads the five copies as they are on a spare now, or on all. Errors: {@link metadata.checkMetadata}. */
  checkMetadata(member?: number): Promise<MetadataReport> {
    return metadata.checkMetadata(this.#parts, member);
  }

  /** Writes every damaged copy again (R7). Errors: {@link metadata.repairMetadata}. */
  repairMetadata(): Promise<MetadataReport> {
    return metadata.repairMetadata(this.#parts);
  }

  /** Lets dm-remap-scan find the device. Errors: {@link metadata.exportPaths}. */
  exportPaths(): Promise<MetadataReport> {
    return metadata.exportPaths(this.#parts);
  }

  /** Moves remaps that a kernel left inside the metadata area (R9). Errors: {@link metadata.relocate}. */
  relocate(): Promise<Relocation> {
    return metadata.relocate(this.#parts);
  }

  /** Drops a remap that leads nowhere. Errors: {@link metadata.dropRemap}. */
  dropRemap(sector: number): Promise<{ original: number; spare: number }> {
    return metadata.dropRemap(this.#parts, sector);
  }

  /** Remaps that lead nowhere, ascending by original sector: reads of their sectors fail (`RemapTable.strays`). */
  strays(): RemapListing['remaps'] {
    return listStrays(this.#parts.target);
  }

  /** Main is the right one, though it may not fit the fingerprint that the spare keeps: a new one is taken. */
  acceptMain(): Promise<void> {
    return this.#parts.acceptMain();
  }

  /** The metadata module was loaded: from now on the device keeps its table, and uses the one on its spares. */
  adoptMetadata(): Promise<void> {
    return metadata.adoptLateModule(this.#parts);
  }

  /** Takes another spare into the pool while the device runs. Errors: {@link addSpare}. */
  addSpare(path: string, record?: () => Promise<void>): Promise<void> {
    return addSpare(this.#parts, path, record);
  }

  // The places of its images (R13).

  /** The images that were found displaced so far. */
  get displaced(): DisplacedImage[] {
    return displacedImages(this.#parts);
  }

  /** Finds out now whether each image is where it was opened; otherwise that is done at each flush and every second. */
  checkPlaces(): Promise<void> {
    return this.#parts.stack.checkPlaces();
  }

  /** @throws RemapError `ESTALE` once an image is displaced */
  requirePlaces(): void {
    this.#parts.requirePlaces();
  }

  /** Saves what a displaced image holds under another name. Errors: {@link saveDisplaced}. */
  saveOpenImage(target: string, options: SaveOptions = {}): Promise<SavedImage> {
    return saveDisplaced(this.#parts, target, options);
  }

  // Its life.

  /** Holds new I/O, waits for the I/O that has begun, commits and flushes (R11). If that fails: `RemapTarget.suspend`. */
  suspend(staysHeld = false): Promise<void> {
    return this.#parts.target.suspend(staysHeld);
  }

  /** Lets held I/O go on (R11). */
  resume(): void {
    this.#parts.target.resume();
  }

  /** Waits for all I/O, commits, flushes and closes the images. They are closed even when that fails, which is thrown. */
  async close(): Promise<void> {
    try {
      await this.#parts.saveIdentity();
      await this.#parts.target.close();
      this.#parts.stack.whenDisplaced(null);
    } finally {
      await this.#parts.stack.close();
    }
  }

  /** Ends the device as {@link close} does, and answers its layers, left open. If its last flush fails it goes on as it was. */
  async detach(): Promise<DeviceStack> {
    await this.#parts.saveIdentity();
    await this.#parts.target.closeOnceDurable();
    this.#parts.stack.whenDisplaced(null);
    return this.#parts.stack;
  }

  /** Ends the device without a last commit, as a reboot does: its memory is dropped, its disks are flushed and closed. */
  async abandon(): Promise<void> {
    await this.#parts.saveIdentity();
    await this.#parts.target.abandon();
    await this.#parts.stack.close();
  }

  /** Ends the device amid its I/O: any part of what was not flushed may be lost, as the seed decides. Answers how many sectors. */
  async losePower(seed: number): Promise<number> {
    await this.#parts.target.abandon();
    return this.#parts.stack.powerLoss(seed);
  }
}
