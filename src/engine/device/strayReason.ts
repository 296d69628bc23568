import type { RemapTable } from '../remap/remapTable';

/** How many of the sectors are named. */
const MAX_NAMED = 3;

/** Why some sectors of a device can't be read though no disk fails: their entries are stray. Null when none is. */
export function strayReason(table: RemapTable): string | null {
  const strays = [...table.strays].filter((slot) => !table.isDisputed(slot));
  const size = strays.length;
  if (size === 0) return null;
  const named = strays
    .map((slot) => table.entryAt(slot))
    .sort((a, b) => a.original - b.original)
    .slice(0, MAX_NAMED)
    .map(({ original, spare }) => `sector ${original} to spare sector ${spare}`);
  const list = `${named.join(', ')}${size > MAX_NAMED ? ', and others' : ''}`;
  return size === 1
    ? `1 remap leads outside the data sectors of the spare (${list}), so its sector can't be read: write the sector, relocate remaps, or drop this one`
    : `${size} remaps lead outside the data sectors of the spare (${list}), so their sectors can't be read: write the sectors, relocate remaps, or drop these`;
}

/** Why sectors with disputed entries can't be read (R16). Null when there are none. */
export function disputedReason(table: RemapTable): string | null {
  const originals = [...table.strays]
    .filter((slot) => table.isDisputed(slot))
    .map((slot) => table.entryAt(slot).original)
    .sort((a, b) => a - b);
  if (originals.length === 0) return null;
  const named = `${originals.slice(0, MAX_NAMED).join(', ')}${originals.length > MAX_NAMED ? ', and others' : ''}`;
  return originals.length === 1
    ? `sector ${named} can't be read until it is written: a kernel that was given one spare of the pool remapped it there, so its data on the other may be older`
    : `${originals.length} sectors (${named}) can't be read until they are written: a kernel that was given one spare of the pool remapped them there, so their data on the others may be older`;
}
