import type { Mutation } from './mutation';

/** Defects of the structures that the sector editor shows. */
export const STRUCTURE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'structures: a byte that can’t be read counts as known',
    file: 'src/structure/knownBytes.ts',
    in: 'KnownBytes.has',
    changes: [['$HERE && this.unreadable.every($$$)', '$HERE']],
    suite: 'structures',
  },
  {
    name: 'structures: a list goes on after the last of its records',
    file: 'src/structure/lists.ts',
    in: 'decodeAt',
    changes: [['Math.min(place.count, $END)', '$END']],
    suite: 'structures',
  },
  {
    name: 'structures: what a discard did not write is followed in a log of writes',
    file: 'src/structure/lists.ts',
    in: 'nextOf',
    changes: [['areMet(unless, $$$)', 'false']],
    suite: 'structures',
  },
];
