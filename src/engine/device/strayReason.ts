import type { RemapTable } from '../remap/remapTable';

/** How many of the sectors are named. */
const MAX_NAMED = 3;

/** Why some sectors of a device can't be read though no disk fails: their entries are stray. Null when none is. */
export function strayReason(table: RemapTable): string | null {
  const { size } = table.strays;
  if (size === 0) return null;
  const named = Array.from(table.strays, (slot) => table.entryAt(slot))
    .sort((a, b) => a.original - b.original)
    .slice(0, MAX_NAMED)
    .map(({ original, spare }) => `sector ${original} to spare sector ${spare}`);
  const list = `${named.join(', ')}${size > MAX_NAMED ? ', and others' : ''}`;
  return size === 1
    ? `1 remap leads outside the data sectors of the spare (${list}), so its sector can't be read: write the sector, relocate remaps, or drop this one`
    : `${size} remaps lead outside the data sectors of the spare (${list}), so their sectors can't be read: write the sectors, relocate remaps, or drop these`;
}
