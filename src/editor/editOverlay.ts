import { SECTOR_SIZE } from '../shared/protocol';

interface EditedSector {
  /** What the disk has; null for a sector that can't be read, of which all of `bytes` is new. */
  base: Uint8Array | null;
  /** What saving would write. */
  bytes: Uint8Array;
}

/** What an edit overwrote, sector by sector, so that it can be undone; null where nothing could be read. */
export type PreviousBytes = readonly { readonly sector: number; readonly bytes: Uint8Array | null }[];

/**
 * The unsaved edits of one view: the sectors that differ from the disk, each with the disk's bytes. A sector whose
 * bytes equal the disk's again is no longer edited.
 */
export class EditOverlay {
  readonly #sectors = new Map<number, EditedSector>();

  get isEmpty(): boolean {
    return this.#sectors.size === 0;
  }

  has(sector: number): boolean {
    return this.#sectors.has(sector);
  }

  /** Edited sectors, ascending. */
  get sectors(): number[] {
    return [...this.#sectors.keys()].sort((a, b) => a - b);
  }

  /** The bytes that saving would write, or undefined for a sector without edits. */
  bytesOf(sector: number): Uint8Array | undefined {
    return this.#sectors.get(sector)?.bytes;
  }

  /**
   * Overwrites bytes of one sector.
   * @param base the sector as it is on the disk, null if it can't be read; not used for a sector that has edits already
   */
  write(sector: number, offset: number, bytes: Uint8Array, base: Uint8Array | null): void {
    const known = this.#sectors.get(sector);
    const edited = known ?? { base, bytes: base?.slice() ?? new Uint8Array(offset + bytes.length) };
    edited.bytes.set(bytes, offset);
    if (edited.base && sameBytes(edited.base, edited.bytes)) this.#sectors.delete(sector);
    else this.#sectors.set(sector, edited);
  }

  /** Drops the edits of a sector. */
  forget(sector: number): void {
    this.#sectors.delete(sector);
  }

  clear(): void {
    this.#sectors.clear();
  }

  /**
   * Takes over what the disk has now (null: it can't be read): edited bytes stay, all others become the disk's. A
   * sector that can't be read stays as it was.
   */
  rebase(sector: number, base: Uint8Array | null): void {
    const edited = this.#sectors.get(sector);
    if (!edited || !base) return;
    if (edited.base) {
      for (let i = 0; i < base.length; i++) {
        if (edited.bytes[i] === edited.base[i]) edited.bytes[i] = base[i]!;
      }
    }
    edited.base = base;
    if (sameBytes(base, edited.bytes)) this.#sectors.delete(sector);
  }

  /** Puts the edits over what was read from the disk. @returns the edited sectors among those read */
  applyTo(bytes: Uint8Array, firstSector: number): number[] {
    const applied: number[] = [];
    const count = Math.ceil(bytes.length / SECTOR_SIZE);
    for (const sector of this.#within(firstSector, count)) {
      bytes.set(this.#sectors.get(sector)!.bytes, (sector - firstSector) * SECTOR_SIZE);
      applied.push(sector);
    }
    return applied;
  }

  /** The runs of bytes within sectors `[first, first + count)` that differ from the disk. */
  unsaved(first: number, count: number): [byteOffset: number, byteCount: number][] {
    const runs: [number, number][] = [];
    for (const sector of this.#within(first, count).sort((a, b) => a - b)) {
      const { base, bytes } = this.#sectors.get(sector)!;
      for (let i = 0; i < bytes.length; i++) {
        if (base?.[i] === bytes[i]) continue;
        const at = sector * SECTOR_SIZE + i;
        const last = runs[runs.length - 1];
        if (last && last[0] + last[1] === at) last[1]++;
        else runs.push([at, 1]);
      }
    }
    return runs;
  }

  /** The edited sectors of a range: looks at each sector of the range or at each edited one, whichever are fewer. */
  #within(first: number, count: number): number[] {
    if (this.#sectors.size > count) {
      const sectors = Array.from({ length: count }, (_, i) => first + i);
      return sectors.filter((sector) => this.#sectors.has(sector));
    }
    return [...this.#sectors.keys()].filter((sector) => sector >= first && sector < first + count);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Cuts a run of bytes into sectors: `offset` is the place in the sector, `from` the place in the run. */
export function partsOf(
  byteOffset: number,
  byteCount: number,
): { sector: number; offset: number; from: number; count: number }[] {
  const parts = [];
  for (let from = 0; from < byteCount; ) {
    const at = byteOffset + from;
    const offset = at % SECTOR_SIZE;
    const count = Math.min(SECTOR_SIZE - offset, byteCount - from);
    parts.push({ sector: Math.floor(at / SECTOR_SIZE), offset, from, count });
    from += count;
  }
  return parts;
}
