import { block, type Mutation, remap } from './mutation';

/** Defects of the disks and their layers, and of the ways by which requests take less time. */
export const BLOCK_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a bad sector lets a submitted read pass',
    file: block('mediumErrors'),
    from: 'const isTouched = this.#isTouched(request.sector, request.buffer.length / SECTOR_SIZE);',
    to: 'const isTouched = false;',
    suite: 'block',
  },
  {
    name: 'flakey lets a submitted read pass while it is down',
    file: block('flakey'),
    from: 'if (this.#downConfig()) answerByPromise(this, request);',
    to: 'if (this.#closed) answerByPromise(this, request);',
    suite: 'block',
  },
  {
    name: 'the volatile cache answers a submitted read with what is below',
    file: block('volatileCache'),
    from: 'const isTouched = this.#gone !== undefined || this.#keepsAny(request.sector, request.buffer.length);',
    to: 'const isTouched = this.#gone !== undefined;',
    suite: 'block',
  },
  {
    name: 'what was read ahead outlives a write',
    file: block('readAhead'),
    from: '    if (this.#window && touches(this.#window, sector, sectorCount)) this.#window = null;\n',
    to: '',
    suite: 'block',
  },
  {
    name: 'what is being read ahead outlives a write',
    file: block('readAhead'),
    from: '    if (this.#filling && touches(this.#filling, sector, sectorCount)) this.#filling.isStale = true;\n',
    to: '',
    suite: 'block',
  },
  {
    name: 'reading ahead begins while a write is under way',
    file: block('readAhead'),
    from: ' || this.#writes > 0',
    to: '',
    suite: 'block',
  },
  {
    name: 'the filter looks at the first page of a run only',
    file: remap('sectorFilter'),
    from: 'const lastPage = Math.floor((end - 1) / PAGE_SECTORS);',
    to: 'const lastPage = firstPage;',
  },
];
