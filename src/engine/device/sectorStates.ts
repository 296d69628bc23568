import type { ReadonlyRangeSet } from '../block/rangeSet';
import type { SectorRange } from '../errors';
import { COPY_COUNT, copySector, STRUCTURE_SECTORS } from '../metadata/codec/v4';
import type { SectorIndex } from '../remap/sectorIndex';
import type { SectorView } from './deviceContracts';
import type { DeviceParts } from './deviceParts';

/** What may be true of a sector; several may be. */
export const SectorStateBit = {
  /** Of the device and of main: a spare serves it. Of a spare: it serves a sector of main. */
  remapped: 1,
  /** It fails, or the sector does that serves it. */
  bad: 2,
  /** A rescue map says that its bytes were never read from the disk that it comes from. */
  notRescued: 4,
  /** Of a spare: a metadata copy or the large table is there. */
  metadata: 8,
} as const;

/** A run of sectors of which the same is true; where it begins is told by those before it. */
export interface SectorExtent {
  readonly sectorCount: number;
  readonly flags: number;
}

/** So many sectors are looked at together where anything is true of some. */
const WINDOW_SECTORS = 65_536;

/** What is known of the sectors of a view: remaps, what fails on its disk, and where metadata are. */
interface Knowledge {
  readonly remaps: SectorIndex;
  readonly bad: ReadonlyRangeSet | undefined;
  readonly notRescued: ReadonlyRangeSet | undefined;
  readonly metadata: readonly SectorRange[];
  /** What is true of a remapped sector. */
  remapFlags(slot: number): number;
  /** What fails on the view's own disk says nothing of a remapped sector. */
  readonly remapsHide: boolean;
}

/**
 * What is true of the sectors of a view from `first` on, as {@link SectorStateBit} has it: at least one run, at most `limit`,
 * and none beyond `sectorCount` sectors. The time that it takes grows with what is known, not with the disk.
 */
export function sectorStates(
  parts: DeviceParts,
  view: SectorView,
  member: number,
  [first, sectorCount]: SectorRange,
  limit: number,
): SectorExtent[] {
  const known = knowledgeOf(parts, view, member);
  const end = first + sectorCount;
  const extents: { sectorCount: number; flags: number }[] = [];
  for (let at = first; at < end; ) {
    const from = Math.min(nextKnown(known, at), end);
    append(extents, from - at, 0);
    const to = Math.min(from + WINDOW_SECTORS, end);
    for (const flags of flagsIn(known, from, to)) append(extents, 1, flags);
    // One more than asked for shows that the last one has ended.
    if (extents.length > limit) return extents.slice(0, limit);
    at = to;
  }
  return extents;
}

function append(extents: { sectorCount: number; flags: number }[], sectorCount: number, flags: number): void {
  const last = extents[extents.length - 1];
  if (sectorCount === 0) return;
  if (last?.flags === flags) last.sectorCount += sectorCount;
  else extents.push({ sectorCount, flags });
}

function knowledgeOf(
  { target, stack, origins, stores }: DeviceParts,
  view: SectorView,
  member: number,
): Knowledge {
  const { table } = target;
  const medium = (view === 'spare' ? stack.spares[member] : stack.main)?.medium;
  const disk = { bad: medium?.badSectors, notRescued: medium?.notRescued, metadata: [] };
  const remapFlags = (): number => SectorStateBit.remapped;
  if (view === 'main') return { ...disk, remaps: table.index, remapFlags, remapsHide: false };
  if (view === 'spare') {
    const metadata = [...copyRanges(), ...(stores[member]?.tableRanges ?? [])];
    return { ...disk, metadata, remaps: origins.spareIndex(member), remapFlags, remapsHide: false };
  }
  const servingFlags = (slot: number): number => {
    const serving = stack.spares[table.memberOf(slot)]?.medium;
    const at = table.spareOf(slot);
    if (!serving || table.isStray(slot) || serving.badSectors.has(at)) return SectorStateBit.bad;
    return serving.notRescued.has(at) ? SectorStateBit.notRescued : 0;
  };
  return {
    ...disk,
    remaps: table.index,
    remapFlags: (slot) => SectorStateBit.remapped | servingFlags(slot),
    remapsHide: true,
  };
}

function copyRanges(): SectorRange[] {
  return Array.from({ length: COPY_COUNT }, (_, index) => [copySector(index), STRUCTURE_SECTORS]);
}

/** The first sector from `at` on of which anything is known. */
function nextKnown({ remaps, bad, notRescued, metadata }: Knowledge, at: number): number {
  const remapped = remaps.nextAtOrAfter(at);
  const none = Number.POSITIVE_INFINITY;
  const inMetadata = metadata.map(([first, count]) => (first + count > at ? Math.max(first, at) : none));
  return Math.min(
    remapped === -1 ? none : remapped,
    bad?.next(at) ?? none,
    notRescued?.next(at) ?? none,
    ...inMetadata,
  );
}

/** What is true of each sector from `first` to before `end`. */
function flagsIn(known: Knowledge, first: number, end: number): Uint8Array {
  const flags = new Uint8Array(end - first);
  const mark = (ranges: readonly SectorRange[] | undefined, bit: number): void => {
    for (const [from, count] of ranges ?? []) {
      const to = Math.min(from + count, end);
      for (let sector = Math.max(from, first); sector < to; sector++) flags[sector - first]! |= bit;
    }
  };
  mark(known.bad?.overlaps(first, end - first), SectorStateBit.bad);
  mark(known.notRescued?.overlaps(first, end - first), SectorStateBit.notRescued);
  mark(known.metadata, SectorStateBit.metadata);
  known.remaps.visit(first, end, (sector, slot) => {
    const own = known.remapsHide ? 0 : flags[sector - first]!;
    flags[sector - first] = own | known.remapFlags(slot);
  });
  return flags;
}
