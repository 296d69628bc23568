import { basename } from 'node:path';
import {
  type Direction,
  type MetadataField,
  type Origin,
  type OriginRun,
  SECTOR_SIZE,
  type ViewId,
  type ViewInfo,
} from '../shared/protocol';
import { Changes } from './changes';
import { ImageFile } from './imageFile';
import { MapFlags } from './mapFlags';
import { readField } from './metadataField';
import { runsOf } from './originRuns';
import { RescueMap } from './rescueMap';
import type { SectorSource, SourceChange, SourceRead } from './source';
import { SpareContents } from './spareContents';

interface Contents {
  readonly file: ImageFile;
  readonly rescue: RescueMap | null;
  readonly spare: SpareContents | null;
  /** What is wrong with the mapfile beside the image. */
  readonly problem: string | null;
}

/** A file of any kind by itself: its bytes, what the mapfile beside it says, and the metadata if it is a spare. */
export class ImageSource implements SectorSource {
  views: readonly ViewInfo[] = [];
  notice: string | null = null;
  readonly #changes = new Changes();
  #contents: Contents;

  private constructor(
    contents: Contents,
    /** Who has the image open, so that it can't be edited here. */
    private readonly owner: () => string | undefined,
  ) {
    this.#contents = contents;
    this.#describe();
  }

  /** @throws RemapError `ENOENT`, `EACCES`, `EINVAL` */
  static async open(path: string, owner: () => string | undefined): Promise<ImageSource> {
    return new ImageSource(await readContents(await ImageFile.open(path)), owner);
  }

  async read(_view: ViewId, firstSector: number, sectorCount: number): Promise<SourceRead> {
    const { file } = this.#contents;
    const { bytes, failed } = await file.read(firstSector, sectorCount);
    const message = `The disk below ${basename(file.path)} can’t read this sector (EIO).`;
    return {
      bytes,
      unreadable: failed.map(([first, count]) => ({ first, count, message })),
    };
  }

  async origins(_view: ViewId, firstSector: number, sectorCount: number): Promise<OriginRun[]> {
    return runsOf(firstSector, sectorCount, (sector) => this.#originOf(sector));
  }

  async write(_view: ViewId, firstSector: number, bytes: Uint8Array): Promise<void> {
    await this.#contents.file.write(firstSector, bytes);
  }

  /** Each write is durable already. */
  async flush(): Promise<void> {}

  async seek(
    _view: ViewId,
    landmark: 'remapped' | 'bad',
    fromSector: number,
    direction: Direction,
  ): Promise<number | null> {
    const { rescue, spare } = this.#contents;
    return (landmark === 'bad' ? rescue : spare)?.seek(fromSector, direction) ?? null;
  }

  async map(_view: ViewId, bucketCount: number): Promise<Uint8Array> {
    const { file, rescue, spare } = this.#contents;
    const map = new MapFlags(bucketCount, Math.ceil(file.byteCount / SECTOR_SIZE));
    rescue?.addTo(map);
    spare?.addTo(map);
    return map.flags;
  }

  async field(_view: ViewId, byteOffset: number): Promise<MetadataField | null> {
    if (!this.#contents.spare) return null;
    return readField(byteOffset, async (first, count) => {
      const { bytes, failed } = await this.#contents.file.read(first, count);
      return failed.length === 0 ? bytes : null;
    });
  }

  /** The file may have changed, may be another, may be gone; its owner may have. */
  async refresh(): Promise<void> {
    const { file } = this.#contents;
    try {
      const replaced = await file.isReplaced();
      const next = await readContents(replaced ? await ImageFile.open(file.path) : file);
      this.#contents = next;
      if (replaced) await file.close();
      if (this.#describe()) this.#changes.fire({ kind: 'views' });
      this.#changes.fire({ kind: 'sectors', view: null, ranges: null });
    } catch (error) {
      this.#changes.fire({ kind: 'gone', error });
    }
  }

  onDidChange(listener: (change: SourceChange) => void): () => void {
    return this.#changes.listen(listener);
  }

  async dispose(): Promise<void> {
    await this.#contents.file.close();
  }

  #originOf(sector: number): Origin {
    const { rescue, spare } = this.#contents;
    const kind = rescue?.statusOf(sector);
    if (kind) return { kind };
    return spare?.originOf(sector) ?? { kind: 'plain' };
  }

  /** @returns whether the views or what is said of them differ from before */
  #describe(): boolean {
    const { file, problem } = this.#contents;
    const name = basename(file.path);
    const owner = this.owner();
    const readOnlyReason = owner
      ? `${name} belongs to the assembled device “${owner}”: edit it there.`
      : file.isWritable
        ? null
        : `${name} is read-only.`;
    const { path: description, byteCount } = file;
    const views: ViewInfo[] = [{ id: 'file', label: 'File', description, byteCount, readOnlyReason }];
    const notice = byteCount === 0 ? `${name} is empty.` : (readOnlyReason ?? problem);
    const isNews = JSON.stringify([views, notice]) !== JSON.stringify([this.views, this.notice]);
    this.views = views;
    this.notice = notice;
    return isNews;
  }
}

/** A damaged mapfile or metadata are worth a word, and no reason not to show the bytes. */
async function readContents(file: ImageFile): Promise<Contents> {
  const sectorCount = Math.ceil(file.byteCount / SECTOR_SIZE);
  let rescue: RescueMap | null = null;
  let problem: string | null = null;
  try {
    rescue = await RescueMap.beside(file.path, sectorCount);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const spare = file.sectors ? await SpareContents.read(file.path, file.sectors).catch(() => null) : null;
  return { file, rescue, spare, problem };
}
