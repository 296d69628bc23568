import { decodeExtras, encodeExtras } from '../../../src/engine/metadata/codec/extras';
import {
  EXPANSION_DATA_OFFSET,
  sealStructure,
  v4Header,
  writeEntry,
} from '../../../src/engine/metadata/codec/v4';
import type { RemapEntry } from '../../../src/engine/metadata/entry';
import { formatMetadata } from '../../../src/engine/metadata/formatMetadata';
import { encodePoolIdentity } from '../../../src/engine/remap/poolIdentity';
import { MemoryDevice } from '../block/memoryDevice';
import { FIRST_STAMP } from '../remap/poolRig';
import { commitList, copyBytes, entry, fixedClock, openStore } from './spares';

const STRUCTURE_SECTORS_BYTES = 165 * 512;

/**
 * Spares of a pool in their old form: each lists all entries, wherever they live, in the order of their slots, and the
 * extras know no division.
 */
export async function oldFormSpares(
  spareSectors: readonly number[],
  mainSectorCount: number,
  list: readonly RemapEntry[],
): Promise<MemoryDevice[]> {
  const present = spareSectors.map((_, index) => index);
  return Promise.all(
    spareSectors.map(async (sectorCount, index) => {
      const spare = new MemoryDevice(sectorCount);
      await formatMetadata(spare, { mainSectorCount, clock: fixedClock() });
      const store = await openStore(spare, { mainSectorCount, memberIndex: index });
      await commitList(store, list);
      await store.settle();
      const pool = encodePoolIdentity({ ...FIRST_STAMP, index, count: present.length, present });
      rewrite(spare, (structure) => {
        const data = structure.subarray(EXPANSION_DATA_OFFSET, EXPANSION_DATA_OFFSET + 2048);
        const state = decodeExtras(data);
        if (state.kind === 'ours') encodeExtras({ ...state.extras, pool }, data);
      });
      return spare;
    }),
  );
}

/**
 * Adds entries to a spare as a kernel does that was given it alone: at the end of the list that it reads, pending, with
 * a sequence number of its own. What it doesn't know it writes back as it was.
 */
export function addAsKernel(
  spare: MemoryDevice,
  remaps: readonly (readonly [original: number, spare: number])[],
): void {
  rewrite(spare, (structure) => {
    const count = v4Header.get(structure, 'active_remaps');
    for (const [i, [original, at]] of remaps.entries())
      writeEntry(structure, count + i, entry(original, at, { flags: 1 }));
    v4Header.put(structure, 'active_remaps', count + remaps.length);
    v4Header.put(structure, 'sequence_number', 7n);
  });
}

/** Changes the five structures alike. */
function rewrite(spare: MemoryDevice, change: (structure: Uint8Array) => void): void {
  const structure = copyBytes(spare, 0, STRUCTURE_SECTORS_BYTES).slice();
  change(structure);
  sealStructure(structure);
  for (let copy = 0; copy < 5; copy++) spare.poke(copy * 256, structure);
}
