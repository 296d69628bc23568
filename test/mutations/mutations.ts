/** One deliberate defect: a text in a source that occurs exactly once, and what takes its place. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const remap = (file: string) => `src/engine/remap/${file}.ts`;
const metadata = (file: string) => `src/engine/metadata/${file}.ts`;
const module = (file: string) => `src/engine/module/${file}.ts`;

/** Each must make at least one test fail. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'R6: the wave of copies is not flushed',
    file: metadata('copySet'),
    from: '    await this.#spare.flush();\n    for (const copy of good) {',
    to: '    for (const copy of good) {',
  },
  {
    name: 'R6: payload and table are not flushed before they are counted in',
    file: metadata('metadataStore'),
    from: '      await this.#flush();\n      return table;',
    to: '      return table;',
  },
  {
    name: 'fewer than two copies are kept back',
    file: metadata('copySet'),
    from: 'const KEPT_COPIES = 2;',
    to: 'const KEPT_COPIES = 0;',
  },
  {
    name: 'wrong CRC range: the copy index is left out',
    file: metadata('codec/v4'),
    from: 'structure.subarray(CHECKSUM_OFFSET + 4, STRUCTURE_BYTES)',
    to: 'structure.subarray(CHECKSUM_OFFSET + 8, STRUCTURE_BYTES)',
  },
  {
    name: 'the CRC is inverted as zlib does',
    file: metadata('crc'),
    from: 'return ~state >>> 0;',
    to: 'return state >>> 0;',
  },
  {
    name: 'R7: a repair leaves damaged copies',
    file: metadata('metadataStore'),
    from: 'if (this.#isInDoubt || !(isOutnumbered || isDamaged)) return;',
    to: 'return;',
  },
  {
    name: 'R4: a write is acknowledged before its entry is committed',
    file: remap('writeRepair'),
    from: '  if (entries.length > 0) await context.committer.commit(entries);',
    to: '  if (entries.length > 0) void context.committer.commit(entries);',
  },
  {
    name: 'R1: off by one in the split: the sector behind a remapped one is skipped',
    file: remap('requestPlan'),
    from: 'at = original + 1;',
    to: 'at = original + 2;',
  },
  {
    name: 'R1: runs on the spare are joined across a gap',
    file: remap('requestPlan'),
    from: 'last.original + last.count === original && last.at + last.count === spare',
    to: 'last.original + last.count === original',
  },
  {
    name: 'a stale entry is kept when a sector moves',
    file: remap('committer'),
    from: 'for (const [slot, entry] of batch.changed) this.#table.replace(slot, entry);',
    to: '',
  },
  {
    name: 'new entries do not serve',
    file: remap('committer'),
    from: 'for (const slot of batch.added.keys()) this.#table.publish(slot);',
    to: '',
  },
  {
    name: 'R3: what a retry could read is not rescued',
    file: remap('readRescue'),
    from: '      await this.#rescue(subtractRanges(failed, unreadable), failure, base, buffer);\n',
    to: '',
  },
  {
    name: 'R3: no retry',
    file: remap('readRescue'),
    from: 'const RETRIES = 2;',
    to: 'const RETRIES = 0;',
  },
  {
    name: 'R9: data may lie inside the metadata area',
    file: remap('spareAllocator'),
    from: 'this.#next = Math.max(next, FIRST_DATA_SECTOR);',
    to: 'this.#next = 0;',
  },
  {
    name: 'R5: a failed spare sector is not remembered',
    file: remap('spareAllocator'),
    from: 'return this.#badSectors.has(sector) || this.#claimed.has(sector);',
    to: 'return this.#claimed.has(sector);',
  },
  {
    name: 'R11: a suspended device lets I/O in',
    file: remap('ioGate'),
    from: 'if (!this.#held && !this.#shut) this.#held = deferred();',
    to: '',
  },
  {
    name: 'R11: suspend does not wait for I/O under way',
    file: remap('ioGate'),
    from: '    if (!this.#held && !this.#shut) this.#held = deferred();\n    await this.drain();',
    to: '    if (!this.#held && !this.#shut) this.#held = deferred();',
  },
  {
    name: 'R12: a request may end one sector behind the device',
    file: 'src/engine/block/range.ts',
    from: 'sector + count <= sectorCount) return;',
    to: 'sector + count <= sectorCount + 1) return;',
  },
  {
    name: 'R12: errors are not counted (B13)',
    file: remap('remapTarget'),
    from: "    this.statistics.errors++;\n    this.#observer.failed('read', failed);",
    to: "    this.#observer.failed('read', failed);",
  },
  {
    name: 'R6: flush does not reach main',
    file: remap('remapTarget'),
    from: '    await this.#main.flush();\n',
    to: '',
  },
  {
    name: 'the first of several entries for one sector wins',
    file: remap('remapTable'),
    from: 'if (isLastOfItsOriginal) order[unique++]',
    to: 'if (!isLastOfItsOriginal || i === 0) order[unique++]',
  },
  {
    name: 'R9: an unsafe image is writable',
    file: remap('relocation'),
    from: 'return table.slotCount > KERNEL_ENTRIES ? 0 : findUnsafe(table).length;',
    to: 'return 0;',
  },
  {
    name: 'a stale spare of a pool is not brought up to date',
    file: module('construct'),
    from: 'if (plan.isStale) await committer.commitAll();\n  else if',
    to: 'if',
  },
  {
    name: 'spares that went different ways are accepted',
    file: module('poolPlan'),
    from: '  refuseSplit(known, newest);\n',
    to: '',
  },
];
