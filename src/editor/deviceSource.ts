import { basename } from 'node:path';
import { describeOffer } from '../contract/wording';
import type { CountedMap } from '../devices/rescueMaps';
import { RESTRICTED } from '../devices/writePolicy';
import {
  describeStatusOf,
  FIRST_DATA_SECTOR,
  type MachineEvent,
  type MetadataReport,
  type RemapDevice,
  RemapError,
  type SectorOrigin,
  type SectorRange,
  type SectorView,
  type VolumeTarget,
  volumeTargetOf,
} from '../engine';
import {
  type Direction,
  type NoticeAction,
  type Origin,
  type OriginRun,
  SECTOR_SIZE,
  type ViewId,
  type ViewInfo,
} from '../shared/protocol';
import { countRuns, type MapLayer, type MapPart } from '../shared/sectorMap';
import { copyOrigin } from './copyVerdicts';
import { OriginRuns } from './originRuns';
import type { SectorSource, SourceChange, SourceLandmark, SourceRead } from './sectorSource';
import { SourceListeners } from './sourceListeners';
import { unreadableReasons } from './unreadableReasons';

/** A view as the engine names it. */
interface EngineView {
  readonly view: SectorView;
  /** Which spare of the pool; 0 for other views. */
  readonly member: number;
}

/** The views of one assembled device: itself, its main image and its spares. The source is gone when the device is removed. */
export class DeviceSource implements SectorSource {
  views: readonly ViewInfo[] = [];
  notice: string | null = null;
  noticeActions: readonly NoticeAction[] = [];
  readonly #listeners = new SourceListeners();
  readonly #reports = new Map<number, Promise<MetadataReport>>();
  readonly #stopListening: () => void;
  #suspended: boolean;
  #condition = '';

  /**
   * @param listen follows the machine's events until the returned function is called
   * @param offered a rescue map under another name that fits main, where none is used
   * @param flushed called when what was written is in the images
   */
  constructor(
    readonly device: RemapDevice,
    listen: (listener: (event: MachineEvent) => void) => () => void,
    private readonly offered: () => CountedMap | undefined = () => undefined,
    private readonly flushed: () => void = () => undefined,
  ) {
    this.#suspended = device.suspended;
    this.#describe();
    this.#stopListening = listen((event) => this.#follow(event));
  }

  async read(
    id: ViewId,
    firstSector: number,
    sectorCount: number,
    _signal?: AbortSignal,
    into?: Uint8Array,
  ): Promise<SourceRead> {
    const { view, member } = engineViewOf(id);
    if (view === 'device') this.#refuseWhileSuspended();
    const options = { from: view, member, onlyLooks: true, ...(into && { into }) };
    const { bytes, failed } = await this.device.read(firstSector, sectorCount, options);
    return {
      bytes,
      unreadable: failed.flatMap((range) => unreadableReasons(this.device, view, member, range)),
    };
  }

  async origins(id: ViewId, firstSector: number, sectorCount: number): Promise<OriginRun[]> {
    const { view, member } = engineViewOf(id);
    const found = this.device.origins(view, firstSector, sectorCount, member);
    const hasMetadata = found.some(({ kind }) => kind === 'metadata');
    const report = hasMetadata ? await this.#report(member) : null;
    const runs = new OriginRuns();
    for (const run of found) {
      if (view !== 'main') runs.add(run.first, run.count, originOf(run, view, report));
      else for (const part of this.#replaced(run)) runs.add(part.first, part.count, part.origin);
    }
    return runs.list;
  }

  async write(id: ViewId, firstSector: number, bytes: Uint8Array): Promise<void> {
    if (id !== 'device') throw new RemapError('EROFS', `${id} is edited through the device`);
    this.#refuseWhileSuspended();
    await this.device.write(firstSector, bytes, { flush: false });
  }

  async flush(): Promise<void> {
    await this.device.flush();
    this.flushed();
  }

  async seek(
    id: ViewId,
    landmark: SourceLandmark,
    fromSector: number,
    direction: Direction,
  ): Promise<number | null> {
    const { view, member } = engineViewOf(id);
    return this.device.findNext(view, landmark, fromSector, direction === 'next' ? 1 : -1, member);
  }

  markers(id: ViewId): readonly number[] {
    if (id !== 'device' && id !== 'main') return [];
    return [...this.device.spec.markers.sectors].sort((a, b) => a - b);
  }

  remapAt(index: number): { sector: number | undefined; total: number } {
    const { remaps, total } = this.device.listRemaps({ offset: index, limit: 1 });
    return { sector: remaps[0]?.original, total };
  }

  async map(id: ViewId, part: MapPart): Promise<MapLayer[]> {
    const { view, member } = engineViewOf(id);
    const run = [part.firstSector, part.sectorCount] as const;
    const { remapped, bad, notRescued } = this.device.overview(view, part.bucketCount, member, run);
    const layers: MapLayer[] = [
      { kind: 'remapped', counts: remapped },
      { kind: 'bad', counts: bad },
      { kind: 'notRescued', counts: notRescued },
    ];
    if (view === 'spare')
      layers.push({ kind: 'metadata', counts: countRuns(this.#metadataRuns(member), part) });
    return layers;
  }

  async emptyRuns(id: ViewId): Promise<SectorRange[] | null> {
    const { view, member } = engineViewOf(id);
    return this.device.clientSectors(view, member).emptyRuns();
  }

  faults(id: ViewId): Pick<VolumeTarget, 'unreadable' | 'findData'> {
    const { view, member } = engineViewOf(id);
    return volumeTargetOf(this.device, view, member);
  }

  async refresh(): Promise<void> {
    this.#sectorsChanged(undefined);
  }

  /** The offered map may have changed. */
  offersChanged(): void {
    if (this.#describe()) this.#listeners.fire({ kind: 'views' });
  }

  onDidChange(listener: (change: SourceChange) => void): () => void {
    return this.#listeners.listen(listener);
  }

  async dispose(): Promise<void> {
    this.#stopListening();
  }

  /** I/O on a suspended device waits until it is resumed; an editor says so instead of waiting. */
  #refuseWhileSuspended(): void {
    if (!this.device.suspended) return;
    throw new RemapError('EBUSY', `${this.device.name} is suspended: its I/O waits until it is resumed`);
  }

  #follow(event: MachineEvent): void {
    if (!('device' in event) || event.device !== this.device.name) return;
    if (event.kind === 'removed') {
      const { comesBack } = event;
      const { name } = this.device;
      const message = comesBack
        ? `${name} is taken down for a moment, and comes back by itself.`
        : `The device ${name} is not assembled any more.`;
      this.#listeners.fire({ kind: 'gone', error: new RemapError('ENODEV', message, { comesBack }) });
      return;
    }
    const { suspended } = this.device;
    if (event.kind === 'sectors') this.#sectorsChanged(event.sectors);
    else if (event.kind === 'changed' && suspended !== this.#suspended) this.#sectorsChanged(undefined);
    this.#suspended = suspended;
    if (this.#describe()) this.#listeners.fire({ kind: 'views' });
  }

  /** Describes the views and what is wrong with the device anew. @returns true if they differ from before */
  #describe(): boolean {
    const { readOnly, suspended } = this.device;
    const info = this.device.info();
    const reasons = info.reasons.join('; ');
    const offered = this.offered();
    const { notes = [] } = info;
    const condition = `${readOnly} ${suspended} ${reasons} ${JSON.stringify([notes, offered])}`;
    if (condition === this.#condition) return false;
    this.#condition = condition;
    this.views = viewsOf(this.device, readOnly ? `The device is read-only: ${reasons}.` : null);
    const sentences = suspended ? [`${this.device.name} is suspended: reads and writes wait.`] : [];
    if (reasons !== '') sentences.push(`${this.device.name}: ${reasons}.`);
    sentences.push(...notes.map((note) => `${note}.`));
    if (offered) sentences.push(describeOffer(basename(this.device.spec.main), offered));
    this.notice = sentences.join(' ') || null;
    const actions = actionsFor(this.device.spec.readOnly, offered !== undefined);
    this.noticeActions = suspended ? ['resume', ...actions] : actions;
    return true;
  }

  /**
   * Tells listeners that these sectors of the device and its main image may differ, and every sector of its spares,
   * because entries and metadata copies may differ too.
   */
  #sectorsChanged(ranges: readonly (readonly [number, number])[] | undefined): void {
    this.#reports.clear();
    for (const { id } of this.views) {
      const known = ranges && !id.startsWith('spare') ? ranges : null;
      this.#listeners.fire({ kind: 'sectors', view: id, ranges: known });
    }
  }

  /** The origins of a run of main, with those sectors marked that the device reads from a spare instead. */
  #replaced(run: SectorOrigin): OriginRun[] {
    return this.device.origins('device', run.first, run.count).map((served) => {
      const own = run.kind === 'main' ? ({ kind: 'main', sector: served.first } as const) : unreadable(run);
      const isReplaced = served.kind === 'spare' || (served.kind !== 'main' && served.detail !== undefined);
      const origin: Origin = isReplaced
        ? { kind: 'replaced', sector: served.at, view: spareId(served.detail ?? 0) }
        : own;
      return { first: served.first, count: served.count, origin };
    });
  }

  /** Where the copies and the large table of a spare are. */
  #metadataRuns(member: number): SectorRange[] {
    const count = metadataSectors(this.device.sectorCountOf('spare', member));
    const copies = this.device.origins('spare', 0, count, member).filter(({ kind }) => kind === 'metadata');
    return [...copies.map((run): SectorRange => [run.first, run.count]), ...this.device.tableRanges(member)];
  }

  /** The report on a spare's metadata, read once until something changes; null if it can't be read. */
  #report(member: number): Promise<MetadataReport | null> {
    let report = this.#reports.get(member);
    if (!report) {
      report = this.device.checkMetadata(member);
      this.#reports.set(member, report);
    }
    return report.catch(() => {
      this.#reports.delete(member);
      return null;
    });
  }
}

/**
 * @param readOnly why the device was opened read-only; undefined: it was not
 * @param isMapOffered whether there is another rescue map, which the device file can't name before the folder is trusted
 */
function actionsFor(readOnly: string | undefined, isMapOffered: boolean): NoticeAction[] {
  if (readOnly === RESTRICTED) return ['manageTrust'];
  return [
    ...(readOnly === undefined ? [] : ['openForWriting' as const]),
    ...(isMapOffered ? ['useMap' as const] : []),
  ];
}

function viewsOf(device: RemapDevice, readOnlyReason: string | null): ViewInfo[] {
  const { main, spares } = device.spec;
  const throughDevice = 'Part of an assembled device: edit it in the Device view.';
  const mainCount = device.sectorCountOf('main') * SECTOR_SIZE;
  const deviceCount = device.sectorCount * SECTOR_SIZE;
  const views: ViewInfo[] = [
    { id: 'device', label: 'Device', description: device.name, byteCount: deviceCount, readOnlyReason },
    { id: 'main', label: 'Main', description: main, byteCount: mainCount, readOnlyReason: throughDevice },
  ];
  for (const [member, path] of spares.entries()) {
    if (!device.hasSpare(member)) continue;
    views.push({
      id: spareId(member),
      label: spares.length > 1 ? `Spare ${member + 1}` : 'Spare',
      description: path,
      byteCount: device.sectorCountOf('spare', member) * SECTOR_SIZE,
      readOnlyReason: throughDevice,
    });
  }
  return views;
}

function spareId(member: number): ViewId {
  return member === 0 ? 'spare' : `spare${member}`;
}

function engineViewOf(id: ViewId): EngineView {
  if (id === 'device' || id === 'main') return { view: id, member: 0 };
  if (id.startsWith('spare')) return { view: 'spare', member: Number(id.slice('spare'.length) || 0) };
  throw new RemapError('EINVAL', `a device has no view "${id}"`);
}

function originOf(run: SectorOrigin, view: SectorView, report: MetadataReport | null): Origin {
  const detail = run.detail ?? 0;
  switch (run.kind) {
    case 'main':
      return { kind: 'main', sector: run.at };
    case 'spare':
      if (view === 'spare') return { kind: 'replacement', sector: detail };
      return { kind: 'spare', sector: run.at, view: spareId(detail) };
    case 'metadata':
      return copyOrigin(detail, report);
    case 'notRescued':
      return unreadable(run);
    default:
      return { kind: run.kind };
  }
}

function metadataSectors(sectorCount: number): number {
  return Math.min(FIRST_DATA_SECTOR, sectorCount);
}

/** The origin of a run that can't be read. */
function unreadable({ status }: SectorOrigin): Origin {
  return status === undefined ? { kind: 'bad' } : { kind: 'notRescued', why: describeStatusOf(status) };
}
