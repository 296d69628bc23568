import { BlockError, RangeSet, type SectorRange, type VolumeTarget } from '../engine';
import { type ComparedBytes, SECTOR_SIZE, type SectorBytes, type ViewId } from '../shared/protocol';
import type { SectorEdits } from './sectorEdits';
import type { SectorSource } from './sectorSource';

/** What is compared of a document: its bytes with the unsaved edits. */
interface ComparedDocument {
  readonly source: Pick<SectorSource, 'views' | 'faults'>;
  readonly edits: Pick<SectorEdits, 'read' | 'show' | 'editedSectors'>;
}

/** One of two sides that are compared: a view from a sector on. */
export interface ComparedView {
  readonly document: ComparedDocument;
  readonly view: ViewId;
  readonly firstSector: number;
  /** How many sectors at most; null: to the end of the view. */
  readonly sectorCount: number | null;
}

/** How many sectors of a view there are to compare. */
export function comparedSectors({ document, view, firstSector, sectorCount }: ComparedView): number {
  const byteCount = document.source.views.find(({ id }) => id === view)?.byteCount ?? 0;
  const there = Math.max(0, Math.ceil(byteCount / SECTOR_SIZE) - firstSector);
  return sectorCount === null ? there : Math.min(there, sectorCount);
}

/**
 * The whole view of a side as a disk, unsaved edits included. A last sector that isn't whole counts as filled up with zeros.
 * @param isLarge whether so much of it is read that holes are worth being looked for
 */
export async function targetOf(
  { document, view }: ComparedView,
  isLarge: boolean,
  signal: AbortSignal,
): Promise<VolumeTarget> {
  const faults = document.source.faults(view);
  const { bad, notRescued } = await faults.unreadable();
  const unreadable = RangeSet.from([...bad, ...notRescued]);
  // What has an edit has bytes: those that saving would write.
  const edited = document.edits.editedSectors(view);
  for (const sector of edited) unreadable.remove(sector, 1);
  const data = isLarge ? await faults.findData?.() : undefined;
  const editedBytes = edited.map((sector) => [sector * SECTOR_SIZE, SECTOR_SIZE] as const);
  const sectorCount = comparedSectors({ document, view, firstSector: 0, sectorCount: null });
  return {
    source: {
      sectorCount,
      read: async (sector, buffer) => {
        const count = buffer.length / SECTOR_SIZE;
        const found = await document.edits.read(view, sector, count, signal);
        buffer.fill(0, found.bytes.length);
        buffer.set(found.bytes);
        if (found.unreadable.length === 0) return;
        const failed = found.unreadable.map((run) => [run.first, run.count] as const);
        throw new BlockError('EIO', found.unreadable[0]!.message, failed);
      },
    },
    unreadable: async () => ({ bad: unreadable, notRescued: new RangeSet() }),
    ...(data ? { findData: async () => data.and(editedBytes) } : {}),
    close: async () => undefined,
  };
}

/** What a page shows of a comparison in sectors that were read for it. */
export async function compareShown(
  own: ComparedView,
  other: ComparedView,
  shown: SectorBytes,
  signal: AbortSignal,
): Promise<ComparedBytes> {
  const ends = shown.firstSector + Math.ceil(shown.bytes.length / SECTOR_SIZE);
  const start = Math.max(shown.firstSector, own.firstSector);
  const end = Math.min(ends, own.firstSector + comparedSectors(own));
  const bothEnd = Math.min(end, own.firstSector + comparedSectors(other));
  const differing = new Uint8Array(shown.bytes.length);
  const from = Math.max(start, bothEnd);
  const alone = end > from ? [[from, end - from] as const] : [];
  if (bothEnd <= start) return { differing, unknown: [], alone };

  const toOther = other.firstSector - own.firstSector;
  const count = bothEnd - start;
  const found = await other.document.edits.show(other.view, start + toOther, count, signal);
  const unknown = new RangeSet();
  for (const run of unreadIn(own, shown)) unknown.add(...run);
  for (const [first, length] of unreadIn(other, found)) unknown.add(first - toOther, length);
  const base = (start - shown.firstSector) * SECTOR_SIZE;
  const length = Math.min(count * SECTOR_SIZE, shown.bytes.length - base);
  for (let i = 0; i < length; i++) {
    differing[base + i] = shown.bytes[base + i] === (found.bytes[i] ?? 0) ? 0 : 1;
  }
  const inBoth = unknown.overlaps(start, count);
  for (const [first, length] of inBoth) {
    const at = (first - shown.firstSector) * SECTOR_SIZE;
    differing.fill(0, at, at + length * SECTOR_SIZE);
  }
  return { differing, unknown: inBoth, alone };
}

/** Of sectors that were read, those whose bytes could not be had, also where other bytes stand in their place. */
function unreadIn({ document, view }: ComparedView, { unreadable, origins }: SectorBytes): SectorRange[] {
  const inPlace = origins.filter(({ origin }) => origin.kind === 'listed' || origin.kind === 'filling');
  const unread = RangeSet.from([...unreadable, ...inPlace].map(({ first, count }) => [first, count]));
  for (const sector of document.edits.editedSectors(view)) unread.remove(sector, 1);
  return [...unread];
}
