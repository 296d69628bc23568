import { BlockError, RemapError, SerialQueue } from '../engine';
import { SECTOR_SIZE, type SectorBytes, type ViewId } from '../shared/protocol';
import { EditOverlay, partsOf, type Replaced } from './overlay';
import type { SectorSource, SourceRead } from './source';

/** A change that can be taken back and made again. */
export interface SectorEdit {
  readonly view: ViewId;
  readonly byteOffset: number;
  /** What was written. */
  bytes: Uint8Array;
  /** What was there before, unsaved edits included. */
  readonly replaced: Replaced;
}

/** Unsaved bytes, for hot exit: runs of a view. */
export type UnsavedRun = { readonly view: ViewId; readonly byteOffset: number; readonly bytes: Uint8Array };

/** Longest run that one write carries. */
const MAX_WRITE_SECTORS = 2048;

/** What edits need of a source. */
export type EditedSource = Pick<SectorSource, 'views' | 'read' | 'origins' | 'write' | 'flush'>;

/**
 * A document's unsaved edits over its source: reads show them, saving writes them through the source. Everything that
 * changes them runs in order, one at a time.
 */
export class SectorEdits {
  readonly #overlays = new Map<ViewId, EditOverlay>();
  readonly #queue = new SerialQueue();
  /** The edit that a merging one would add to; none right after a save, an undo or a redo. */
  #open: SectorEdit | null = null;

  /** @param source the source that edits go to now; throws if there is none */
  constructor(private readonly source: () => EditedSource) {}

  /** Edited sectors of a view, ascending. */
  editedSectors(view: ViewId): number[] {
    return this.#overlays.get(view)?.sectors ?? [];
  }

  /** What an editor shows of sectors: their bytes as they will be after saving, and where they come from. */
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
   * Overwrites bytes. `merge` adds to the edit before, if that was at the same place.
   * @returns the new edit, or null if it became part of the one before
   * @throws RemapError `EROFS` for a view that can't be edited, `EIO` for a part of a sector that can't be read
   */
  apply(view: ViewId, byteOffset: number, bytes: Uint8Array, merge: boolean): Promise<SectorEdit | null> {
    return this.#queue.run(async () => {
      this.#checkEditable(view, byteOffset, bytes.length);
      const open = this.#open;
      const merges =
        merge && open?.view === view && open.byteOffset === byteOffset && open.bytes.length === bytes.length;
      const replaced = await this.#write(view, byteOffset, bytes);
      if (merges) {
        open.bytes = bytes;
        return null;
      }
      this.#open = { view, byteOffset, bytes, replaced };
      return this.#open;
    });
  }

  undo(edit: SectorEdit): Promise<void> {
    return this.#queue.run(async () => {
      this.#open = null;
      const overlay = this.#overlay(edit.view);
      const parts = partsOf(edit.byteOffset, edit.bytes.length);
      const bases = await this.#bases(edit.view, parts);
      for (const [i, { sector, offset }] of parts.entries()) {
        const before = edit.replaced[i]!.bytes;
        const base = bases.get(sector) ?? null;
        if (before !== null && (base || overlay.has(sector))) overlay.write(sector, offset, before, base);
        else overlay.forget(sector);
      }
    });
  }

  redo(edit: SectorEdit): Promise<void> {
    return this.#queue.run(async () => {
      this.#open = null;
      await this.#write(edit.view, edit.byteOffset, edit.bytes);
    });
  }

  /**
   * Writes every edit and flushes. What was written is no edit any more, even if a later part fails.
   * @throws what the source throws; RemapError `ECANCELED` between two writes
   */
  save(signal: AbortSignal): Promise<void> {
    return this.#queue.run(async () => {
      this.#open = null;
      let failure: unknown = null;
      for (const [view, overlay] of this.#overlays) {
        for (const [first, count] of runsOf(overlay.sectors)) {
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
      this.#open = null;
      for (const overlay of this.#overlays.values()) overlay.clear();
    });
  }

  /** The disk below the edits changed. */
  rebase(view: ViewId | null): Promise<void> {
    return this.#queue.run(async () => {
      for (const [id, overlay] of this.#overlays) {
        if (view !== null && view !== id) continue;
        for (const [first, count] of runsOf(overlay.sectors))
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

  /** Takes over what {@link unsaved} gave in an earlier session. */
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

  /** Puts bytes into the overlay. @returns what they replaced */
  async #write(view: ViewId, byteOffset: number, bytes: Uint8Array): Promise<Replaced> {
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
      const replaced = before?.slice(offset, offset + count) ?? null;
      overlay.write(sector, offset, bytes.subarray(from, from + count), bases.get(sector) ?? null);
      return { sector, bytes: replaced };
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
    for (const [first, count] of runsOf(missing)) {
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
    for (const [start, length] of runsOf(sectors)) {
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

/** Ascending sectors as runs of neighbours, none longer than a write. */
function runsOf(sectors: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = [];
  for (const sector of sectors) {
    const last = runs[runs.length - 1];
    if (last && last[0] + last[1] === sector && last[1] < MAX_WRITE_SECTORS) last[1]++;
    else runs.push([sector, 1]);
  }
  return runs;
}
