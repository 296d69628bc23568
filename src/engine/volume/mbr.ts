/** One entry of an MBR or EBR, in the table's unit. Type 0: unused. */
export interface MbrEntry {
  readonly type: number;
  readonly start: number;
  readonly count: number;
}

const ENTRIES_AT = 446;
const ENTRY_BYTES = 16;
const PROTECTIVE = 0xee;
const EXTENDED: ReadonlySet<number> = new Set([0x05, 0x0f, 0x85]);

/** The entry of an extended partition, which holds logical ones. */
export function isExtended(type: number): boolean {
  return EXTENDED.has(type);
}

/** The entry that keeps programs that know no GPT from the disk. */
export function isProtective({ type }: MbrEntry): boolean {
  return type === PROTECTIVE;
}

/**
 * The four entries of a sector with an MBR or EBR; null when it can't be one: without the signature, or with a status that no
 * table has.
 */
export function parseMbr(sector: Uint8Array): readonly MbrEntry[] | null {
  if (sector[510] !== 0x55 || sector[511] !== 0xaa) return null;
  const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
  const entries: MbrEntry[] = [];
  for (let i = 0; i < 4; i++) {
    const at = ENTRIES_AT + i * ENTRY_BYTES;
    if ((sector[at]! & 0x7f) !== 0) return null;
    entries.push({
      type: sector[at + 4]!,
      start: view.getUint32(at + 8, true),
      count: view.getUint32(at + 12, true),
    });
  }
  return entries;
}
