import { bucketOf, firstSectorOf } from '../block/buckets';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import { copyHolding } from '../metadata/codec/v4';
import type { PoolEntry } from '../remap/poolEntry';
import type { RemapTarget } from '../remap/remapTarget';
import { SectorIndex } from '../remap/sectorIndex';
import { FIRST_DATA_SECTOR } from '../remap/spareAllocator';
import type { SectorOrigin, SectorView } from './deviceContracts';
import type { DeviceStack } from './deviceStack';

/** How many sectors of each kind each bucket of an overview has. */
export interface Overview {
  readonly remapped: Uint32Array;
  readonly bad: Uint32Array;
}

const NO_SECTORS: ReadonlyRangeSet = new RangeSet();

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
        (origin.kind === 'metadata' ? origin.detail === last.detail : origin.detail === undefined);
      if (last && extendsLast) last.count++;
      else list.push({ ...origin });
    }
    return list;
  }

  /** The nearest remapped or bad sector from `from` on (inclusive), or null. */
  findNext(
    view: SectorView,
    kind: 'remapped' | 'bad',
    from: number,
    direction: 1 | -1,
    member = 0,
  ): number | null {
    const bad = this.#badSectors(view, member);
    if (kind === 'bad') return (direction === 1 ? bad.next(from) : bad.previous(from)) ?? null;
    const index = view === 'spare' ? this.#spareIndex(member) : this.#target.table.index;
    const found = direction === 1 ? index.nextAtOrAfter(from) : index.previousAtOrBefore(from);
    return found === -1 || found >= this.sectorCount(view, member) ? null : found;
  }

  /** How many remapped and bad sectors each of `bucketCount` equal buckets of the disk has. */
  overview(view: SectorView, bucketCount: number, member = 0): Overview {
    const remapped = new Uint32Array(bucketCount);
    const bad = new Uint32Array(bucketCount);
    const sectorCount = this.sectorCount(view, member);
    const bucketAt = (sector: number): number => bucketOf(sector, sectorCount, bucketCount);
    const index = view === 'spare' ? this.#spareIndex(member) : this.#target.table.index;
    index.visit(0, sectorCount, (sector) => remapped[bucketAt(sector)]!++);
    for (const [first, count] of this.#badSectors(view, member)) {
      for (let at = first; at < first + count; ) {
        const bucket = bucketAt(at);
        const end = Math.min(first + count, firstSectorOf(bucket + 1, sectorCount, bucketCount));
        bad[bucket]! += end - at;
        at = end;
      }
    }
    return { remapped, bad };
  }

  #originOf(view: SectorView, sector: number, member: number): SectorOrigin {
    if (view === 'spare') return this.#spareOrigin(sector, member);
    if (view === 'device') {
      const { table } = this.#target;
      const slot = table.slotOf(sector);
      if (slot !== -1) return this.#remappedOrigin(sector, slot);
    }
    const kind = this.#badSectors(view, member).has(sector) ? 'bad' : 'main';
    return { first: sector, count: 1, kind, at: sector };
  }

  #remappedOrigin(sector: number, slot: number): SectorOrigin {
    const { table } = this.#target;
    const at = table.spareOf(slot);
    const holder = table.memberOf(slot);
    if (table.isStray(slot)) return { first: sector, count: 1, kind: 'bad', at, stray: true };
    const isBad = this.#stack.spares[holder]?.medium.badSectors.has(at) ?? true;
    return { first: sector, count: 1, kind: isBad ? 'bad' : 'spare', at, detail: holder };
  }

  #spareOrigin(sector: number, member: number): SectorOrigin {
    const origin = { first: sector, count: 1, at: sector };
    if (this.#badSectors('spare', member).has(sector)) return { ...origin, kind: 'bad' };
    if (sector < FIRST_DATA_SECTOR) {
      const copy = copyHolding(sector);
      return copy === null ? { ...origin, kind: 'free' } : { ...origin, kind: 'metadata', detail: copy };
    }
    if (sector >= this.#target.pool.member(member).allocator.limit) return { ...origin, kind: 'table' };
    const slot = this.#spareIndex(member).get(sector);
    if (slot === -1) return { ...origin, kind: 'free' };
    return { ...origin, kind: 'spare', detail: this.#target.table.entryAt(slot).original };
  }

  #badSectors(view: SectorView, member: number): ReadonlyRangeSet {
    const disk = view === 'spare' ? this.#stack.spares[member] : this.#stack.main;
    return disk?.medium.badSectors ?? NO_SECTORS;
  }

  #spareIndex(member: number): SectorIndex {
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
