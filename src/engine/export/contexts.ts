/** What BLOCK_STATUS tells of an export. Ids are ours; a client learns them when it asks for the context by name. */
export interface MetaContext {
  readonly id: number;
  readonly name: string;
}

/** Holes and zeros: bit 0 hole, bit 1 reads as zeros. */
export const ALLOCATION: MetaContext = { id: 1, name: 'base:allocation' };

/** What is known of the sectors: the bits are those of `SectorStateBit`. */
const STATE: MetaContext = { id: 2, name: 'x-remap:state' };

const CONTEXTS = [ALLOCATION, STATE];

/** The contexts that a client may choose from: all of them without a query; a query may be a namespace (`base:`). */
export function listContexts(queries: readonly string[]): readonly MetaContext[] {
  if (queries.length === 0) return CONTEXTS;
  return CONTEXTS.filter(({ name }) => {
    const namespace = name.slice(0, name.indexOf(':') + 1);
    return queries.some((query) => query === name || query === namespace);
  });
}

/** The contexts that a client chose by their full names; names that are not ours are ignored. */
export function chooseContexts(queries: readonly string[]): readonly MetaContext[] {
  return CONTEXTS.filter(({ name }) => queries.includes(name));
}
