import { DISPUTED } from '../metadata/entry';
import type { PoolEntry } from './poolEntry';
import { SectorIndex } from './sectorIndex';

const PAGE_SHIFT = 12;
const PAGE_SIZE = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_SIZE - 1;

/** Up to so many entries a comparison sort is faster than a radix sort. */
const SMALL_TABLE = 1024;

/** 4,096 entries as columns: an entry is no object of its own, and a table that grows copies nothing. */
class Page {
  readonly original = new Float64Array(PAGE_SIZE);
  readonly spare = new Float64Array(PAGE_SIZE);
  readonly timeNs = new BigUint64Array(PAGE_SIZE);
  readonly errorCount = new Uint32Array(PAGE_SIZE);
  readonly flags = new Uint16Array(PAGE_SIZE);
  readonly member = new Uint8Array(PAGE_SIZE);
}

/** Fields that are 0 in nearly all entries, and so are kept apart: only other programs set them. */
interface RareFields {
  readonly accessCount: number;
  readonly reason: number;
}

/**
 * The remap entries of a device: original sector on main -> sector on a spare.
 *
 * An entry keeps its *slot* (its place in list order, the order of the metadata table) until other entries are dropped
 * ({@link rebuild}). A slot may be *staged*: it has its fields but isn't in the index yet, so it doesn't serve I/O before
 * its commit is durable (R6). A table of a million takes at most 64 bytes an entry.
 */
export class RemapTable {
  readonly #pages: Page[] = [];
  readonly #rare = new Map<number, RareFields>();
  readonly #index = new SectorIndex();
  readonly #strays = new Set<number>();
  #slotCount = 0;

  #revision = 0;

  /** Another number after each change of the entries that serve. */
  get revision(): number {
    return this.#revision;
  }

  /** Sectors that are remapped. */
  get size(): number {
    return this.#index.size;
  }

  /** Entries in list order, superseded and staged ones included. */
  get slotCount(): number {
    return this.#slotCount;
  }

  get index(): SectorIndex {
    return this.#index;
  }

  /** The slot that serves `original`, or -1. */
  slotOf(original: number): number {
    return this.#index.get(original);
  }

  spareOf(slot: number): number {
    return this.#pages[slot >> PAGE_SHIFT]!.spare[slot & PAGE_MASK]!;
  }

  memberOf(slot: number): number {
    return this.#pages[slot >> PAGE_SHIFT]!.member[slot & PAGE_MASK]!;
  }

  /** Whether it isn't known which data of the entry's sector are right (R16). */
  isDisputed(slot: number): boolean {
    return (this.#pages[slot >> PAGE_SHIFT]!.flags[slot & PAGE_MASK]! & DISPUTED) !== 0;
  }

  entryAt(slot: number): PoolEntry {
    const page = this.#pages[slot >> PAGE_SHIFT]!;
    const i = slot & PAGE_MASK;
    const rare = this.#rare.get(slot);
    return {
      original: page.original[i]!,
      spare: page.spare[i]!,
      member: page.member[i]!,
      timeNs: page.timeNs[i]!,
      errorCount: page.errorCount[i]!,
      flags: page.flags[i]!,
      accessCount: rare?.accessCount ?? 0,
      reason: rare?.reason ?? 0,
    };
  }

  /** Slots of stray entries: no request may be sent to where they lead (see `markStrays`). */
  get strays(): ReadonlySet<number> {
    return this.#strays;
  }

  isStray(slot: number): boolean {
    return this.#strays.size > 0 && this.#strays.has(slot);
  }

  /** Marks the entry that serves in a slot as stray, until it is replaced. */
  markStray(slot: number): void {
    this.#revision++;
    this.#strays.add(slot);
  }

  /** Gives the entry the next slot without letting it serve. */
  stage(entry: PoolEntry): number {
    const slot = this.#slotCount++;
    if (slot >> PAGE_SHIFT === this.#pages.length) this.#pages.push(new Page());
    this.#put(slot, entry);
    return slot;
  }

  /** {@link stage} for a known slot, as when loading: one that was staged before is changed. */
  stageAt(slot: number, entry: PoolEntry): void {
    if (slot < this.#slotCount) this.#put(slot, entry);
    else this.stage(entry);
  }

  /** Takes back the slots from `slotCount` on, which must be staged. */
  unstage(slotCount: number): void {
    this.#slotCount = slotCount;
  }

  /** Lets a staged slot serve its original sector, in place of any slot before it. */
  publish(slot: number): void {
    this.#revision++;
    this.#index.set(this.#pages[slot >> PAGE_SHIFT]!.original[slot & PAGE_MASK]!, slot);
  }

  /** Changes the fields of a slot in place. */
  replace(slot: number, entry: PoolEntry): void {
    this.#revision++;
    this.#put(slot, entry);
  }

  /**
   * Lets every staged slot serve at once, as after loading. Of several slots for one original the last wins, as in the
   * kernel (KERNEL.md, section 6).
   */
  publishAll(): void {
    this.#revision++;
    const count = this.#slotCount;
    const order = new Uint32Array(count);
    let ascending = true;
    for (let slot = 0; slot < count; slot++) {
      order[slot] = slot;
      if (slot > 0 && this.#originalOf(slot) <= this.#originalOf(slot - 1)) ascending = false;
    }
    if (!ascending) this.#sortByOriginal(order);
    let unique = 0;
    for (let i = 0; i < count; i++) {
      const isLastOfItsOriginal =
        i + 1 === count || this.#originalOf(order[i]!) !== this.#originalOf(order[i + 1]!);
      if (isLastOfItsOriginal) order[unique++] = order[i]!;
    }
    this.#index.build(
      unique,
      (i) => this.#originalOf(order[i]!),
      (i) => order[i]!,
    );
  }

  /** Replaces all entries by some of them; they get new slots in the order given, and serve. */
  rebuild(entries: Iterable<PoolEntry>): void {
    const strays = new Set(Array.from(this.#strays, (slot) => this.#originalOf(slot)));
    this.#slotCount = 0;
    this.#rare.clear();
    this.#strays.clear();
    for (const entry of entries) {
      const slot = this.stage(entry);
      if (strays.has(entry.original)) this.markStray(slot);
    }
    this.publishAll();
  }

  #originalOf(slot: number): number {
    return this.#pages[slot >> PAGE_SHIFT]!.original[slot & PAGE_MASK]!;
  }

  #sortByOriginal(order: Uint32Array): void {
    if (order.length <= SMALL_TABLE) {
      order.sort((a, b) => this.#originalOf(a) - this.#originalOf(b) || a - b);
    } else {
      this.#radixSortByOriginal(order);
    }
  }

  /** A stable sort by 16 bits at a time: comparison sorting takes about a second for a million entries. */
  #radixSortByOriginal(order: Uint32Array): void {
    let from: Uint32Array = order;
    let to: Uint32Array = new Uint32Array(order.length);
    for (let divisor = 1; divisor < 2 ** 64; divisor *= 2 ** 16) {
      const digit = (slot: number): number => Math.floor(this.#originalOf(slot) / divisor) & 0xffff;
      const starts = new Uint32Array(0x10001);
      for (const slot of from) starts[digit(slot) + 1]!++;
      if (starts[1] === from.length) continue;
      for (let i = 1; i <= 0x10000; i++) starts[i]! += starts[i - 1]!;
      for (const slot of from) to[starts[digit(slot)]!++] = slot;
      [from, to] = [to, from];
    }
    if (from !== order) order.set(from);
  }

  #put(slot: number, entry: PoolEntry): void {
    const page = this.#pages[slot >> PAGE_SHIFT]!;
    const i = slot & PAGE_MASK;
    page.original[i] = entry.original;
    page.spare[i] = entry.spare;
    page.member[i] = entry.member;
    page.timeNs[i] = entry.timeNs;
    page.errorCount[i] = entry.errorCount;
    page.flags[i] = entry.flags;
    if (this.#strays.size > 0) this.#strays.delete(slot);
    if (entry.accessCount || entry.reason) {
      this.#rare.set(slot, { accessCount: entry.accessCount, reason: entry.reason });
    } else if (this.#rare.size > 0) {
      this.#rare.delete(slot);
    }
  }
}
