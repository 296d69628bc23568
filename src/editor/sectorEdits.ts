import { BlockError, RemapError, SerialQueue } from '../engine';
import { SECTOR_SIZE, type SectorBytes, type ViewId } from '../shared/protocol';
import { EditOverlay, type PreviousBytes, partsOf } from './editOverlay';
import type { SectorSource, SourceRead } from './sectorSource';

/** An edit that can be undone and redone. */
export interface SectorEdit {
  readonly view: ViewId;
  readonly byteOffset: number;
  /** What was written; replaced when another edit merges into this one. */
  bytes: Uint8Array;
  /** What was there before, unsaved edits included. */
  readonly previous: PreviousBytes;
}

/** A run of unsaved bytes of a view, for hot exit. */
export type UnsavedRun = { readonly view: ViewId; readonly byteOffset: number; readonly bytes: Uint8Array };

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
  /** The edit that the next one may merge into; null right after a save, an undo or a redo. */
  #last: SectorEdit | null = null;

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

  /** Reads sectors as they will be after saving. */
  async read(
    view: ViewId,
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
  ): Promise<SourceRead> {
    const read = await this.source().read(view, firstSector, sectorCount, signal);
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
   * Overwrites bytes. With `merge`, the edit becomes part of the one before if that was of the same bytes.
   * @returns the new edit, or null if it became part of the one before
   * @throws RemapError `EROFS` for a view that can't be edited, `EIO` for a part of a sector that can't be read
   */
  apply(view: ViewId, byteOffset: number, bytes: Uint8Array, merge: boolean): Promise<SectorEdit | null> {
    return this.#queue.run(async () => {
      this.#checkEditable(view, byteOffset, bytes.length);
      const last = this.#last;
      const merges =
        merge && last?.view === view && last.byteOffset === byteOffset && last.bytes.length === bytes.length;
      const previous = await this.#write(view, byteOffset, bytes);
      if (merges) {
        last.bytes = bytes;
        return null;
      }
      this.#last = { view, byteOffset, bytes, previous };
      return this.#last;
    });
  }

  /** Puts back what was there before the edit. */
  undo(edit: SectorEdit): Promise<void> {
    return this.#queue.run(async () => {
      this.#last = null;
      const overlay = this.#overlay(edit.view);
      const parts = partsOf(edit.byteOffset, edit.bytes.length);
      const bases = await this.#bases(edit.view, parts);
      for (const [i, { sector, offset }] of parts.entries()) {
        const before = edit.previous[i]!.bytes;
        const base = bases.get(sector) ?? null;
        if (before !== null && (base || overlay.has(sector))) overlay.write(sector, offset, before, base);
        else overlay.forget(sector);
      }
    });
  }

  redo(edit: SectorEdit): Promise<void> {
    return this.#queue.run(async () => {
      this.#last = null;
      await this.#write(edit.view, edit.byteOffset, edit.bytes);
    });
  }

  /**
   * Writes every edit and flushes. Bytes that were written are not edits any more, even if another part fails.
   * @throws the source's error if a part was not written; RemapError `ECANCELED` when cancelled, between two writes
   */
  save(signal: AbortSignal): Promise<void> {
    return this.#queue.run(async () => {
      this.#last = null;
      let failure: unknown = null;
      for (const [view, overlay] of this.#overlays) {
        for (const [first, count] of sectorRuns(overlay.sectors)) {
          if (signal.aborted) throw new RemapError('ECANCELED', 'Saving was cancelled.');
          failure = (await this.#saveRun(view, overlay, first, count)) ?? failure;
        }
      }
      await this.source().flush();
      if (failure !== null) throw failure;
    });
  }

  /** Drops every edit. */
  revert(): Promise<void> {
    return this.#queue.run(async () => {
      this.#last = null;
      for (const overlay of this.#overlays.values()) overlay.clear();
    });
  }

  /** Reads what the disk has now under the edits of a view (null: of every view). */
  rebase(view: ViewId | null): Promise<void> {
    return this.#queue.run(async () => {
      for (const [id, overlay] of this.#overlays) {
        if (view !== null && view !== id) continue;
        for (const [first, count] of sectorRuns(overlay.sectors))
          await this.#rebaseRun(id, overlay, first, count);
      }
    });
  }

  /** The unsaved bytes of every view. */
  unsaved(): UnsavedRun[] {
    const runs: UnsavedRun[] = [];
    for (const [view, overlay] of this.#overlays) {
      for (const sector of overlay.sectors) {
        for (const [byteOffset, count] of overlay.unsaved(sector, 1)) {
          const start = byteOffset % SECTOR_SIZE;
          const bytes = overlay.bytesOf(sector)!.slice(start, start + count);
          runs.push({ view, byteOffset, bytes });
        }
      }
    }
    return runs;
  }

  /** Makes edits of the runs that {@link unsaved} gave and a backup kept. */
  restore(runs: readonly UnsavedRun[]): Promise<void> {
    return this.#queue.run(async () => {
      for (const { view, byteOffset, bytes } of runs) await this.#write(view, byteOffset, bytes);
    });
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
  async #write(view: ViewId, byteOffset: number, bytes: Uint8Array): Promise<PreviousBytes> {
    const overlay = this.#overlay(view);
    const parts = partsOf(byteOffset, bytes.length);
    const bases = await this.#bases(view, parts);
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
  async #bases(view: ViewId, parts: readonly { sector: number }[]): Promise<Map<number, Uint8Array | null>> {
    const overlay = this.#overlay(view);
    const bases = new Map<number, Uint8Array | null>();
    const missing = parts.map(({ sector }) => sector).filter((sector) => !overlay.has(sector));
    for (const [first, count] of sectorRuns(missing)) {
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
        if (!(error instanceof BlockError) || error.failed.length === 0) throw error;
        const failed = (sector: number) => error.failed.some(([at, n]) => sector >= at && sector < at + n);
        for (let i = 0; i < length; i++) if (!failed(start + i)) overlay.forget(start + i);
        return error;
      }
    }
    return null;
  }
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
