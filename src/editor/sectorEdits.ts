import { describeError } from '../contract/errorSentences';
import type { Task } from '../contract/task';
import { listInWords, plural } from '../contract/wording';
import { BlockError, RemapError, SerialQueue } from '../engine';
import { SECTOR_SIZE, type SectorBytes, type ViewId } from '../shared/protocol';
import { type DirectWrite, writeDirectly } from './directWrite';
import { EditOverlay, type PreviousBytes, partsOf } from './editOverlay';
import type { SectorSource, SourceRead } from './sectorSource';

/** An edit that can be undone and redone. */
export interface SectorEdit {
  readonly view: ViewId;
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
  /** What was there before, unsaved edits included. */
  readonly previous: PreviousBytes;
}

/** A run of unsaved bytes of a view, for hot exit. */
export type UnsavedRun = { readonly view: ViewId; readonly byteOffset: number; readonly bytes: Uint8Array };

/** How many runs of sectors that were not saved are named. */
const MAX_NAMED_RUNS = 8;

/** Longest run that is written at once. */
const MAX_WRITE_SECTORS = 2048;

/** The part of a source that edits need. */
export type EditedSource = Pick<SectorSource, 'views' | 'read' | 'origins' | 'write' | 'flush'>;

/**
 * The unsaved edits of a document over its source: reads show them, saving writes them through the source. Methods
 * that change them run one at a time, in the order of the calls.
 */
export class SectorEdits {
  readonly #overlays = new Map<ViewId, EditOverlay>();
  readonly #queue = new SerialQueue();
  /** Edits beyond the end of a view that became shorter: kept, and said at every save, until it has the bytes again. */
  #stranded: UnsavedRun[] = [];

  /** @param source gives the source that edits go to now; throws if there is none */
  constructor(private readonly source: () => EditedSource) {}

  /** Edited sectors of a view, ascending. */
  editedSectors(view: ViewId): number[] {
    return this.#overlays.get(view)?.sectors ?? [];
  }

  /** Reads sectors as they will be after saving, with where they come from: what a page shows. */
  async show(
    view: ViewId,
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
  ): Promise<SectorBytes> {
    const read = await this.read(view, firstSector, sectorCount, signal);
    const origins = await this.source().origins(view, firstSector, sectorCount);
    const unsaved = this.#overlays.get(view)?.unsaved(firstSector, sectorCount) ?? [];
    return { ...read, firstSector, origins, unsaved };
  }

  /** Reads sectors as they will be after saving; `into` as in `SectorSource.read`. */
  async read(
    view: ViewId,
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
    into?: Uint8Array,
  ): Promise<SourceRead> {
    const read = await this.source().read(view, firstSector, sectorCount, signal, into);
    const overlay = this.#overlays.get(view);
    if (!overlay || overlay.isEmpty) return read;
    const edited = new Set(overlay.applyTo(read.bytes, firstSector));
    const unreadable = read.unreadable.flatMap(({ first, count, message }) =>
      Array.from({ length: count }, (_, i) => ({ first: first + i, count: 1, message })).filter(
        (sector) => !edited.has(sector.first),
      ),
    );
    return { bytes: read.bytes, unreadable };
  }

  /**
   * Overwrites bytes, all or none.
   * @throws RemapError `EROFS` for a view that can't be edited, `EIO` for a part of a sector that can't be read; the signal's
   * reason once the task is cancelled
   */
  apply(view: ViewId, byteOffset: number, bytes: Uint8Array, task?: Task): Promise<SectorEdit> {
    return this.#queue.run(async () => {
      this.#checkEditable(view, byteOffset, bytes.length);
      return { view, byteOffset, bytes, previous: await this.#write(view, byteOffset, bytes, task) };
    });
  }

  /**
   * Writes bytes through the source at once, durably.
   * @returns how many were written: fewer where the task was cancelled
   * @throws RemapError as {@link apply} and `writeDirectly`, `EBUSY` where one of the sectors has unsaved edits
   */
  writeNow(write: DirectWrite, task: Task): Promise<number> {
    return this.#queue.run(async () => {
      const { view, byteOffset, byteCount } = write;
      this.#checkEditable(view, byteOffset, byteCount);
      const end = byteOffset + byteCount;
      const edited = this.editedSectors(view).find(
        (sector) => (sector + 1) * SECTOR_SIZE > byteOffset && sector * SECTOR_SIZE < end,
      );
      if (edited !== undefined) {
        throw new RemapError('EBUSY', `Sector ${edited} has unsaved changes: save or revert them first.`);
      }
      return writeDirectly(this.source(), write, this.#byteCount(view), task);
    });
  }

  /** Puts back what was there before the edit. */
  undo({ view, byteOffset, bytes, previous }: SectorEdit): Promise<void> {
    return this.#queue.run(async () => {
      this.#stranded = this.#stranded.filter(
        (run) => run.view !== view || !overlaps(run, byteOffset, bytes.length),
      );
      const overlay = this.#overlay(view);
      const parts = partsOf(byteOffset, bytes.length);
      const inside = parts.filter(({ sector }) => sector * SECTOR_SIZE < this.#byteCount(view));
      const bases = await this.#bases(view, inside);
      for (const [i, { sector, offset }] of inside.entries()) {
        const before = previous[i]!.bytes;
        const base = bases.get(sector) ?? null;
        if (before !== null && (base || overlay.has(sector))) overlay.write(sector, offset, before, base);
        else overlay.forget(sector);
      }
    });
  }

  redo(edit: SectorEdit): Promise<void> {
    return this.#queue.run(async () => {
      await this.#restoreRun(edit);
    });
  }

  /**
   * Writes every edit and flushes. Bytes that were written are not edits any more, even if another part fails.
   * @throws RemapError with the source's code and, in its message, which sectors were not saved; `ECANCELED` when
   * cancelled, between two writes
   */
  save(signal: AbortSignal): Promise<void> {
    return this.#queue.run(async () => {
      await this.#strandAll();
      const before = this.#editedSectorCount;
      let failure: unknown = null;
      for (const [view, overlay] of this.#overlays) {
        for (const [first, count] of sectorRuns(overlay.sectors)) {
          if (signal.aborted) throw new RemapError('ECANCELED', 'Saving was cancelled.');
          failure = (await this.#saveRun(view, overlay, first, count)) ?? failure;
        }
      }
      await this.source().flush();
      if (failure !== null) throw this.#notSaved(failure, before);
      if (this.#stranded.length > 0) throw this.#beyondEnd();
    });
  }

  /** Drops every edit. */
  revert(): Promise<void> {
    return this.#queue.run(async () => {
      this.#stranded = [];
      for (const overlay of this.#overlays.values()) overlay.clear();
    });
  }

  /** Reads what the disk has now under the edits of a view (null: of every view). */
  rebase(view: ViewId | null): Promise<void> {
    return this.#queue.run(async () => {
      await this.#strandAll();
      for (const [id, overlay] of this.#overlays) {
        if (view !== null && view !== id) continue;
        for (const [first, count] of sectorRuns(overlay.sectors))
          await this.#rebaseRun(id, overlay, first, count);
      }
    });
  }

  /** The unsaved bytes of every view. */
  unsaved(): UnsavedRun[] {
    const runs = [...this.#overlays].flatMap(([view, overlay]) =>
      overlay.sectors.flatMap((sector) => unsavedIn(view, overlay, sector)),
    );
    return [...runs, ...this.#stranded];
  }

  /** Makes edits of the runs that {@link unsaved} gave and a backup kept. */
  restore(runs: readonly UnsavedRun[]): Promise<void> {
    return this.#queue.run(async () => {
      for (const run of runs) await this.#restoreRun(run);
    });
  }

  get #editedSectorCount(): number {
    return [...this.#overlays.values()].reduce((sum, { sectors }) => sum + sectors.length, 0);
  }

  /** Makes an edit of a run; what of it lies beyond the end of its view is kept for when the view is longer again. */
  async #restoreRun({ view, byteOffset, bytes }: UnsavedRun): Promise<void> {
    const inside = Math.max(0, Math.min(bytes.length, this.#byteCount(view) - byteOffset));
    if (inside > 0) await this.#write(view, byteOffset, bytes.subarray(0, inside));
    if (inside < bytes.length) {
      this.#stranded.push({ view, byteOffset: byteOffset + inside, bytes: bytes.slice(inside) });
    }
  }

  /** Sets edits apart that lie beyond the end of their view now, and makes edits again of those that don't any more. */
  async #strandAll(): Promise<void> {
    const apart = this.#stranded;
    this.#stranded = [];
    for (const [view, overlay] of this.#overlays) {
      const byteCount = this.#byteCount(view);
      for (const sector of overlay.sectors.filter((sector) => isCut(overlay, sector, byteCount))) {
        apart.push(...unsavedIn(view, overlay, sector));
        overlay.forget(sector);
      }
    }
    for (const run of apart) await this.#restoreRun(run);
  }

  #notSaved(cause: unknown, before: number): RemapError {
    const left = [...this.#overlays.values()].flatMap(({ sectors }) => sectors);
    const runs = sectorRuns(left).map(([first, count]) =>
      count === 1 ? `${first}` : `${first} to ${first + count - 1}`,
    );
    const named = runs.length > MAX_NAMED_RUNS ? [...runs.slice(0, MAX_NAMED_RUNS), 'others'] : runs;
    const saved = before - left.length;
    const rest = saved > 0 ? ` ${plural(saved, 'other sector')} ${saved === 1 ? 'was' : 'were'} saved.` : '';
    const { code, message } = describeError(cause);
    const sectors = left.length === 1 ? 'Sector' : 'Sectors';
    const text = `${sectors} ${listInWords(named)} ${left.length === 1 ? 'is' : 'are'} not saved: ${message.replace(/\.$/, '')}.${rest}`;
    return new RemapError(code as RemapError['code'], text, {}, { cause });
  }

  #beyondEnd(): RemapError {
    const [{ byteOffset }] = this.#stranded as [UnsavedRun];
    const sector = Math.floor(byteOffset / SECTOR_SIZE);
    return new RemapError(
      'ENODATA',
      `The file became shorter: the edits from sector ${sector} on lie beyond its end and are not saved. They stay until the file is longer again, or is reverted.`,
    );
  }

  #overlay(view: ViewId): EditOverlay {
    const known = this.#overlays.get(view) ?? new EditOverlay();
    this.#overlays.set(view, known);
    return known;
  }

  #checkEditable(view: ViewId, byteOffset: number, byteCount: number): void {
    const info = this.source().views.find(({ id }) => id === view);
    if (!info) throw new RemapError('EINVAL', `There is no view “${view}”.`);
    if (info.readOnlyReason !== null) throw new RemapError('EROFS', info.readOnlyReason);
    if (byteCount === 0 || byteOffset + byteCount > info.byteCount) {
      throw new RemapError(
        'EINVAL',
        `Bytes ${byteOffset} to ${byteOffset + byteCount} are not inside the view.`,
      );
    }
  }

  /** Puts bytes into the overlay. @returns what was there before */
  async #write(view: ViewId, byteOffset: number, bytes: Uint8Array, task?: Task): Promise<PreviousBytes> {
    const overlay = this.#overlay(view);
    const parts = partsOf(byteOffset, bytes.length);
    const bases = await this.#bases(view, parts, task);
    const sizeOf = (sector: number) => Math.min(SECTOR_SIZE, this.#byteCount(view) - sector * SECTOR_SIZE);
    for (const { sector, count } of parts) {
      if (overlay.has(sector) || bases.get(sector) || count === sizeOf(sector)) continue;
      throw new RemapError('EIO', `Sector ${sector} can’t be read: overwrite all of it, or nothing.`);
    }
    return parts.map(({ sector, offset, from, count }) => {
      const before = overlay.bytesOf(sector) ?? bases.get(sector) ?? null;
      const previous = before?.slice(offset, offset + count) ?? null;
      overlay.write(sector, offset, bytes.subarray(from, from + count), bases.get(sector) ?? null);
      return { sector, bytes: previous };
    });
  }

  #byteCount(view: ViewId): number {
    return this.source().views.find(({ id }) => id === view)?.byteCount ?? 0;
  }

  /** What the disk has in sectors that have no edits yet; null where it can't be read. */
  async #bases(
    view: ViewId,
    parts: readonly { sector: number }[],
    task?: Task,
  ): Promise<Map<number, Uint8Array | null>> {
    const overlay = this.#overlay(view);
    const bases = new Map<number, Uint8Array | null>();
    const missing = parts.map(({ sector }) => sector).filter((sector) => !overlay.has(sector));
    for (const [first, count] of sectorRuns(missing)) {
      task?.signal.throwIfAborted();
      task?.report('', bases.size / missing.length);
      for (const [sector, base] of await this.#readRun(view, first, count)) bases.set(sector, base);
    }
    return bases;
  }

  async #readRun(view: ViewId, first: number, count: number): Promise<Map<number, Uint8Array | null>> {
    const { bytes, unreadable } = await this.source().read(view, first, count);
    const sectors = new Map<number, Uint8Array | null>();
    for (let sector = first; sector < first + count; sector++) {
      const start = (sector - first) * SECTOR_SIZE;
      const isBad = unreadable.some((run) => sector >= run.first && sector < run.first + run.count);
      sectors.set(sector, isBad ? null : bytes.slice(start, start + SECTOR_SIZE));
    }
    return sectors;
  }

  async #rebaseRun(view: ViewId, overlay: EditOverlay, first: number, count: number): Promise<void> {
    for (const [sector, base] of await this.#readRun(view, first, count)) overlay.rebase(sector, base);
  }

  /** @returns why a part of the run was not written, or null */
  async #saveRun(view: ViewId, overlay: EditOverlay, first: number, count: number): Promise<unknown> {
    await this.#rebaseRun(view, overlay, first, count);
    const sectors = Array.from({ length: count }, (_, i) => first + i).filter((sector) =>
      overlay.has(sector),
    );
    for (const [start, length] of sectorRuns(sectors)) {
      const parts = Array.from({ length }, (_, i) => overlay.bytesOf(start + i)!);
      try {
        await this.source().write(view, start, new Uint8Array(Buffer.concat(parts)));
        for (let i = 0; i < length; i++) overlay.forget(start + i);
      } catch (error) {
        if (!(error instanceof BlockError) || error.failed.length === 0) return error;
        const failed = (sector: number) => error.failed.some(([at, n]) => sector >= at && sector < at + n);
        for (let i = 0; i < length; i++) if (!failed(start + i)) overlay.forget(start + i);
        return error;
      }
    }
    return null;
  }
}

/** The unsaved bytes of one sector. */
function unsavedIn(view: ViewId, overlay: EditOverlay, sector: number): UnsavedRun[] {
  return overlay.unsaved(sector, 1).map(([byteOffset, count]) => {
    const start = byteOffset % SECTOR_SIZE;
    return { view, byteOffset, bytes: overlay.bytesOf(sector)!.slice(start, start + count) };
  });
}

/** Whether the view ends before an edited sector does. */
function isCut(overlay: EditOverlay, sector: number, byteCount: number): boolean {
  return sector * SECTOR_SIZE + overlay.bytesOf(sector)!.length > byteCount;
}

function overlaps(run: UnsavedRun, byteOffset: number, byteCount: number): boolean {
  return run.byteOffset < byteOffset + byteCount && byteOffset < run.byteOffset + run.bytes.length;
}

/** Ascending sectors as runs of neighbours, none longer than `MAX_WRITE_SECTORS`. */
function sectorRuns(sectors: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = [];
  for (const sector of sectors) {
    const last = runs[runs.length - 1];
    if (last && last[0] + last[1] === sector && last[1] < MAX_WRITE_SECTORS) last[1]++;
    else runs.push([sector, 1]);
  }
  return runs;
}
