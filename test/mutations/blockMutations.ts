import { block, type Mutation, remap } from './mutation';

/** Defects of the disks and their layers, and of the ways by which requests take less time. */
export const BLOCK_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a submitted read passes a layer that would take it',
    file: block('layer'),
    from: 'const own = this.#takeRead(request.sector, request.buffer, request.options);',
    to: 'const own = null as Promise<void> | null;',
    suite: 'block',
  },
  {
    name: 'a layer closes the device below while requests of its own are under way',
    file: block('layer'),
    from: '    await this.#inFlight.drained();\n',
    to: '',
    suite: 'block',
  },
  {
    name: 'a layer lets reads pass when it is closed',
    file: block('layer'),
    from: 'if (this.#refusal) return this.#refuse();\n    const own = this.ownRead(sector, buffer, options);',
    to: 'const own = this.ownRead(sector, buffer, options);',
    suite: 'block',
  },
  {
    name: 'a bad sector lets a read pass',
    file: block('mediumErrors'),
    from: 'return isTouched ? this.#readAround(sector, buffer, options) : null;',
    to: 'return null;',
    suite: 'block',
  },
  {
    name: 'flakey lets a read pass while it is down',
    file: block('flakey'),
    from: 'if (config.errorReads) return this.#failRead(sector, buffer.length, options);',
    to: '',
    suite: 'block',
  },
  {
    name: 'the volatile cache answers a read with what is below',
    file: block('volatileCache'),
    from: 'return isKept ? this.#readOverlaid(sector, buffer, options) : null;',
    to: 'return null;',
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
