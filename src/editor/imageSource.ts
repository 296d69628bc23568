import { basename } from 'node:path';
import { describeOffer } from '../contract/wording';
import type { CountedMap, RescueMaps } from '../devices/rescueMaps';
import { RESTRICTED } from '../devices/writePolicy';
import {
  findDataRuns,
  findEmptyRuns,
  markWritten,
  mergeRanges,
  printable,
  RangeSet,
  RemapError,
  type SectorRange,
  subtractRanges,
  type VolumeTarget,
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
import type { MapLayer, MapPart } from '../shared/sectorMap';
import { ImageFile } from './imageFile';
import { originRunsOf } from './originRuns';
import { RescueMap } from './rescueMap';
import type { SectorSource, SourceChange, SourceLandmark, SourceRead } from './sectorSource';
import { SourceListeners } from './sourceListeners';
import { SpareContents } from './spareContents';

interface Contents {
  readonly file: ImageFile;
  readonly rescue: RescueMap | null;
  readonly spare: SpareContents | null;
  /** What is wrong with its rescue map, or null. */
  readonly problem: string | null;
  /** A rescue map under another name that fits, where none is used. */
  readonly offered: CountedMap | null;
}

/** What an image's source needs to know of the devices and the window. */
export interface ImageHost {
  /** The name of the device that has the image open, if one has; then the image can't be edited here. */
  owner(): string | undefined;
  /** False in Restricted Mode: then nothing is written. */
  isTrusted(): boolean;
  /** Where the image's rescue map is, and which others there are. */
  readonly maps: Pick<RescueMaps, 'pathFor' | 'look'>;
}

/** A file by itself: its bytes, what the mapfile beside it says and, if it is a spare, the metadata on it. */
export class ImageSource implements SectorSource {
  views: readonly ViewInfo[] = [];
  notice: string | null = null;
  noticeActions: readonly NoticeAction[] = [];
  readonly #listeners = new SourceListeners();
  #contents: Contents;
  /** Sectors that were written and that the rescue map may not know as rescued. */
  #written = new RangeSet();

  private constructor(
    contents: Contents,
    private readonly host: ImageHost,
  ) {
    this.#contents = contents;
    this.#describe();
  }

  /** @throws RemapError `ENOENT`, `EACCES`, `EINVAL` */
  static async open(path: string, host: ImageHost): Promise<ImageSource> {
    return new ImageSource(await readContents(await ImageFile.open(path), host.maps), host);
  }

  async read(
    _view: ViewId,
    firstSector: number,
    sectorCount: number,
    _signal?: AbortSignal,
    into?: Uint8Array,
  ): Promise<SourceRead> {
    const { file } = this.#contents;
    const { bytes, failed } = await file.read(firstSector, sectorCount, into);
    const message = `The disk below ${printable(basename(file.path))} can’t read this sector (EIO).`;
    return {
      bytes,
      unreadable: failed.map(([first, count]) => ({ first, count, message })),
    };
  }

  async origins(_view: ViewId, firstSector: number, sectorCount: number): Promise<OriginRun[]> {
    return originRunsOf(firstSector, sectorCount, (sector) => this.#originOf(sector));
  }

  async write(_view: ViewId, firstSector: number, bytes: Uint8Array): Promise<void> {
    if (!this.host.isTrusted())
      throw new RemapError('EROFS', `${basename(this.#contents.file.path)}: ${RESTRICTED}`);
    await this.#contents.file.write(firstSector, bytes);
    const whole = Math.floor(bytes.length / SECTOR_SIZE);
    if (whole > 0) this.#written.add(firstSector, whole);
  }

  /** Each write is durable already; its sectors become rescued ones in the rescue map. */
  async flush(): Promise<void> {
    const { path, byteCount } = this.#contents.file;
    if (this.#written.runCount === 0) return;
    const map = await this.host.maps.pathFor(path);
    const isChanged = await markWritten(map, Math.floor(byteCount / SECTOR_SIZE), this.#written);
    this.#written = new RangeSet();
    if (isChanged) await this.refresh();
  }

  async seek(
    _view: ViewId,
    landmark: SourceLandmark,
    fromSector: number,
    direction: Direction,
  ): Promise<number | null> {
    const { rescue, spare } = this.#contents;
    if (landmark === 'remapped') return spare?.seek(fromSector, direction) ?? null;
    return rescue?.seek(landmark, fromSector, direction) ?? null;
  }

  markers(): [] {
    return [];
  }

  remapAt(): { sector: undefined; total: number } {
    return { sector: undefined, total: 0 };
  }

  async map(_view: ViewId, part: MapPart): Promise<MapLayer[]> {
    const { rescue, spare } = this.#contents;
    return [...(rescue?.layers(part) ?? []), ...(spare?.layers(part) ?? [])];
  }

  async emptyRuns(): Promise<SectorRange[] | null> {
    const { file, rescue, spare } = this.#contents;
    const holes = await findEmptyRuns(file.path).catch(() => null);
    return holes && subtractRanges(holes, mergeRanges([...(rescue?.runs() ?? []), ...(spare?.runs() ?? [])]));
  }

  faults(): Pick<VolumeTarget, 'unreadable' | 'findData'> {
    const { file, rescue } = this.#contents;
    const bad = rescue?.badSectors ?? new RangeSet();
    const notRescued = rescue?.notRescuedSectors ?? new RangeSet();
    return { unreadable: async () => ({ bad, notRescued }), findData: () => findDataRuns(file.path) };
  }

  async refresh(): Promise<void> {
    const { file } = this.#contents;
    try {
      const isOutdated = await file.isOutdated();
      const next = await readContents(isOutdated ? await ImageFile.open(file.path) : file, this.host.maps);
      this.#contents = next;
      if (isOutdated) await file.close();
      if (this.#describe()) this.#listeners.fire({ kind: 'views' });
      this.#listeners.fire({ kind: 'sectors', view: null, ranges: null });
    } catch (error) {
      this.#listeners.fire({ kind: 'gone', error });
    }
  }

  onDidChange(listener: (change: SourceChange) => void): () => void {
    return this.#listeners.listen(listener);
  }

  async dispose(): Promise<void> {
    await this.flush().catch(() => undefined);
    await this.#contents.file.close();
  }

  #originOf(sector: number): Origin {
    const { rescue, spare } = this.#contents;
    return rescue?.originOf(sector) ?? spare?.originOf(sector) ?? { kind: 'plain' };
  }

  /** Describes the view and its notice anew. @returns true if they differ from before */
  #describe(): boolean {
    const { file, rescue, problem, offered } = this.#contents;
    const name = basename(file.path);
    const isTrusted = this.host.isTrusted();
    const readOnlyReason = isTrusted
      ? readOnlyReasonOf(name, file, this.host.owner())
      : `${name} can’t be edited: ${RESTRICTED}.`;
    const { path: description, byteCount } = file;
    const views: ViewInfo[] = [{ id: 'file', label: 'File', description, byteCount, readOnlyReason }];
    const offer = offered && describeOffer(name, offered);
    const sentences = [readOnlyReason, problem, rescue?.sizeNote ?? null, offer]
      .filter((text) => text !== null)
      .join(' ');
    const notice = byteCount === 0 ? `${name} is empty.` : sentences || null;
    const actions: NoticeAction[] = [
      ...(offered ? ['useMap' as const] : []),
      ...(isTrusted ? [] : ['manageTrust' as const]),
    ];
    const isNews =
      JSON.stringify([views, notice, actions]) !==
      JSON.stringify([this.views, this.notice, this.noticeActions]);
    this.views = views;
    this.notice = notice;
    this.noticeActions = actions;
    return isNews;
  }
}

/** Why a file can't be edited here; null: it can. */
function readOnlyReasonOf(name: string, file: ImageFile, owner: string | undefined): string | null {
  if (owner) return `${name} belongs to the assembled device “${owner}”: edit it there.`;
  if (file.container !== null) {
    return `${name} is a ${file.container} file: these are its own bytes, not those of the disk in it, so it is only shown.`;
  }
  return file.isWritable ? null : `${name} is read-only.`;
}

/** Reads rescue map and metadata. Damaged ones don't keep the bytes from being shown. */
async function readContents(file: ImageFile, maps: ImageHost['maps']): Promise<Contents> {
  let rescue: RescueMap | null = null;
  let problem: string | null = null;
  try {
    rescue = await RescueMap.at(await maps.pathFor(file.path), file.byteCount);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const spare = file.sectors ? await SpareContents.read(file.path, file.sectors).catch(() => null) : null;
  const offered = rescue || problem !== null ? null : (await maps.look(file.path)).offered;
  return { file, rescue, spare, problem, offered };
}
