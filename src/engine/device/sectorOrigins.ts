import { bucketOf, firstSectorOf } from '../block/buckets';
import { statusOfTag } from '../block/notRescued';
import { mergeRanges, subtractRanges } from '../block/range';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import type { SectorRange } from '../errors';
import { copyHolding } from '../metadata/codec/v4';
import type { PoolEntry } from '../remap/poolEntry';
import type { RemapTarget } from '../remap/remapTarget';
import { SectorIndex } from '../remap/sectorIndex';
import { FIRST_DATA_SECTOR } from '../remap/spareAllocator';
import type { SectorLandmark, SectorOrigin, SectorView } from './deviceContracts';
import type { DeviceStack } from './deviceStack';

/** How many sectors of each kind each bucket of an overview has. */
export interface Overview {
  readonly remapped: Float64Array;
  readonly bad: Float64Array;
  readonly notRescued: Float64Array;
}

const NO_SECTORS: ReadonlyRangeSet = new RangeSet();
const NO_MEDIUM = { badSectors: NO_SECTORS, notRescued: NO_SECTORS };

/** Sectors of a device that can't be read because a medium fails them: on main, or where they are remapped to. */
export interface UnreadableSectors {
  readonly badSectors: number;
  readonly notRescued: number;
  /** The lowest of them all; null when there is none. */
  readonly first: number | null;
}

/** The sectors of a medium that can't be read. */
type Unreadable = typeof NO_MEDIUM;

type MutableOrigin = { -readonly [K in keyof SectorOrigin]: SectorOrigin[K] };

/**
 * Says of any sector where its bytes come from, and finds the next one of a kind. The costs grow with the answer, not with
 * the disk.
 */
export class SectorOrigins {
  readonly #target: RemapTarget;
  readonly #stack: DeviceStack;
  /** Spare sector -> slot, for each spare; built when that spare is first asked about. */
  readonly #bySpare = new Map<number, SectorIndex>();

  constructor(target: RemapTarget, stack: DeviceStack) {
    this.#target = target;
    this.#stack = stack;
  }

  /** Notes new entries, so that their spare sectors are known as used. Must be called for every committed entry. */
  noteRemapped(entries: readonly PoolEntry[]): void {
    for (const entry of entries) {
      this.#bySpare.get(entry.member)?.set(entry.spare, this.#target.table.slotOf(entry.original));
    }
  }

  /** How many sectors of the device can't be read now. Those whose entries are stray are not counted. */
  unreadable(): UnreadableSectors {
    const [bad, notRescued] = [this.#countFailing('badSectors'), this.#countFailing('notRescued')];
    const first = Math.min(bad.first, notRescued.first);
    return {
      badSectors: bad.count,
      notRescued: notRescued.count,
      first: Number.isFinite(first) ? first : null,
    };
  }

  #countFailing(kind: keyof Unreadable): { count: number; first: number } {
    const { table } = this.#target;
    let count = 0;
    let first = Number.POSITIVE_INFINITY;
    for (const [start, length] of this.#stack.main.medium[kind]) {
      let next = start;
      let remapped = 0;
      table.index.visit(start, start + length, (sector) => {
        remapped++;
        if (sector === next) next++;
      });
      count += length - remapped;
      if (remapped < length) first = Math.min(first, next);
    }
    for (const [member, disk] of this.#stack.spares.entries()) {
      for (const [start, length] of disk?.medium[kind].overlaps(FIRST_DATA_SECTOR, disk.sectorCount) ?? []) {
        this.spareIndex(member).visit(start, start + length, (_spare, slot) => {
          count++;
          first = Math.min(first, table.entryAt(slot).original);
        });
      }
    }
    return { count, first };
  }

  /** Forgets what was built of the entries: after they got new slots, or other places. */
  forget(): void {
    this.#bySpare.clear();
  }

  /** Sectors of a view; 0 for a spare that is missing. */
  sectorCount(view: SectorView, member = 0): number {
    return view === 'spare' ? (this.#stack.spares[member]?.sectorCount ?? 0) : this.#target.sectorCount;
  }

  /** Where the bytes of `[first, first + count)` come from: ascending, without gaps. */
  of(view: SectorView, first: number, count: number, member = 0): SectorOrigin[] {
    const list: MutableOrigin[] = [];
    for (let sector = first; sector < first + count; sector++) {
      const origin = this.#originOf(view, sector, member);
      const last = list[list.length - 1];
      const extendsLast =
        last?.kind === origin.kind &&
        origin.kind !== 'bad' &&
        origin.at === last.at + last.count &&
        origin.status === last.status &&
        (origin.kind === 'metadata' ? origin.detail === last.detail : origin.detail === undefined);
      if (last && extendsLast) last.count++;
      else list.push({ ...origin });
    }
    return list;
  }

  /** The nearest sector of a kind from `from` on (inclusive), or null. */
  findNext(
    view: SectorView,
    kind: SectorLandmark,
    from: number,
    direction: 1 | -1,
    member = 0,
  ): number | null {
    if (kind !== 'remapped') {
      const { badSectors, notRescued } = this.#unreadable(view, member);
      const sectors = kind === 'bad' ? badSectors : notRescued;
      return (direction === 1 ? sectors.next(from) : sectors.previous(from)) ?? null;
    }
    const index = view === 'spare' ? this.spareIndex(member) : this.#target.table.index;
    const found = direction === 1 ? index.nextAtOrAfter(from) : index.previousAtOrBefore(from);
    return found === -1 || found >= this.sectorCount(view, member) ? null : found;
  }

  /** How many sectors of each kind each of `bucketCount` equal buckets of a run has; null: of the whole view. */
  overview(view: SectorView, bucketCount: number, member = 0, run: SectorRange | null = null): Overview {
    const part = run ?? ([0, this.sectorCount(view, member)] as const);
    const [first, sectorCount] = part;
    const remapped = new Float64Array(bucketCount);
    const index = view === 'spare' ? this.spareIndex(member) : this.#target.table.index;
    index.visit(first, first + sectorCount, (sector) => {
      remapped[bucketOf(sector - first, sectorCount, bucketCount)]!++;
    });
    const { badSectors, notRescued } = this.#unreadable(view, member);
    return {
      remapped,
      bad: countByBucket(badSectors, part, bucketCount),
      notRescued: countByBucket(notRescued, part, bucketCount),
    };
  }

  /** Those of some sectors of the device that were not rescued, on main or where they are remapped to. */
  notRescuedIn(runs: readonly SectorRange[]): SectorRange[] {
    const found: SectorRange[] = [];
    const { table } = this.#target;
    const { notRescued } = this.#stack.main.medium;
    for (const [first, count] of runs) {
      const remapped: SectorRange[] = [];
      table.index.visit(first, first + count, (sector, slot) => {
        remapped.push([sector, 1]);
        const disk = this.#stack.spares[table.memberOf(slot)];
        if (disk?.medium.notRescued.has(table.spareOf(slot))) found.push([sector, 1]);
      });
      for (const run of subtractRanges(notRescued.overlaps(first, count), remapped)) found.push(run);
    }
    return mergeRanges(found);
  }

  #originOf(view: SectorView, sector: number, member: number): SectorOrigin {
    if (view === 'spare') return this.#spareOrigin(sector, member);
    if (view === 'device') {
      const { table } = this.#target;
      const slot = table.slotOf(sector);
      if (slot !== -1) return this.#remappedOrigin(sector, slot);
    }
    const origin = { first: sector, count: 1, kind: 'main', at: sector } as const;
    return unreadableOrigin(origin, this.#unreadable(view, member)) ?? origin;
  }

  #remappedOrigin(sector: number, slot: number): SectorOrigin {
    const { table } = this.#target;
    const at = table.spareOf(slot);
    const holder = table.memberOf(slot);
    if (table.isStray(slot)) return { first: sector, count: 1, kind: 'bad', at, stray: true };
    const origin = { first: sector, count: 1, kind: 'spare', at, detail: holder } as const;
    const medium = this.#stack.spares[holder]?.medium;
    if (!medium) return { ...origin, kind: 'bad' };
    return unreadableOrigin(origin, medium) ?? origin;
  }

  #spareOrigin(sector: number, member: number): SectorOrigin {
    const origin = { first: sector, count: 1, at: sector };
    const unreadable = unreadableOrigin({ ...origin, kind: 'free' }, this.#unreadable('spare', member));
    if (unreadable) return unreadable;
    if (sector < FIRST_DATA_SECTOR) {
      const copy = copyHolding(sector);
      return copy === null ? { ...origin, kind: 'free' } : { ...origin, kind: 'metadata', detail: copy };
    }
    const slot = this.spareIndex(member).get(sector);
    if (slot === -1) return { ...origin, kind: this.#isTable(sector, member) ? 'table' : 'free' };
    return { ...origin, kind: 'spare', detail: this.#target.table.entryAt(slot).original };
  }

  /** Data may lie above the large table, and free sectors between the two. */
  #isTable(sector: number, member: number): boolean {
    const { store, allocator } = this.#target.pool.member(member);
    return sector >= allocator.limit && (store?.isTableRoom(sector) ?? true);
  }

  #unreadable(view: SectorView, member: number): Unreadable {
    const disk = view === 'spare' ? this.#stack.spares[member] : this.#stack.main;
    return disk?.medium ?? NO_MEDIUM;
  }

  /** Spare sector -> slot, of the entries that lead to a spare. */
  spareIndex(member: number): SectorIndex {
    let index = this.#bySpare.get(member);
    if (!index) {
      index = new SectorIndex();
      const { table } = this.#target;
      const built = index;
      table.index.visit(0, Number.POSITIVE_INFINITY, (_original, slot) => {
        if (table.memberOf(slot) === member && !table.isStray(slot)) built.set(table.spareOf(slot), slot);
      });
      this.#bySpare.set(member, index);
    }
    return index;
  }
}

/** What is told instead of an origin whose place on a medium can't be read; null where it can. */
function unreadableOrigin(origin: SectorOrigin, { badSectors, notRescued }: Unreadable): SectorOrigin | null {
  if (badSectors.has(origin.at)) return { ...origin, kind: 'bad' };
  const tag = notRescued.tagOf(origin.at);
  return tag === undefined ? null : { ...origin, kind: 'notRescued', status: statusOfTag(tag) };
}

function countByBucket(
  sectors: ReadonlyRangeSet,
  [start, sectorCount]: SectorRange,
  bucketCount: number,
): Float64Array {
  const counts = new Float64Array(bucketCount);
  for (const [first, count] of sectors.overlaps(start, sectorCount)) {
    const end = first - start + count;
    for (let at = first - start; at < end; ) {
      const bucket = bucketOf(at, sectorCount, bucketCount);
      const next = Math.min(end, firstSectorOf(bucket + 1, sectorCount, bucketCount));
      counts[bucket]! += next - at;
      at = next;
    }
  }
  return counts;
}
