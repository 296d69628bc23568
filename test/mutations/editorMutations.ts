import type { Mutation } from './mutation';

/** Defects of what the sector editor changes: bytes that are made up, or overwritten where they could not be read. */
export const EDITOR_MUTATIONS: readonly Mutation[] = [
  {
    name: 'sector editor: a dump is pasted although a part of it is missing',
    file: 'src/shared/pasted/dumpLines.ts',
    in: 'DumpBytes.#goTo',
    changes: [['!this.#repeats && gap === 0', '!this.#repeats']],
    suite: 'editorChanges',
  },
  {
    name: 'sector editor: the text beside the bytes of a dump is not looked at',
    file: 'src/shared/pasted/xxdDump.ts',
    in: 'parseLine',
    changes: [['!isTextOf(shown, bytes)', 'false']],
    suite: 'editorChanges',
  },
  {
    name: 'sector editor: zeros are written around a part of a sector that can not be read',
    file: 'src/editor/directWrite.ts',
    in: 'readWhole',
    changes: [['unreadable.length === 0', 'true']],
    suite: 'editorChanges',
  },
  {
    name: 'sector editor: what is written at once passes unsaved edits by',
    file: 'src/editor/sectorEdits.ts',
    in: 'SectorEdits.writeNow',
    changes: [['edited !== undefined', 'false']],
    suite: 'editorChanges',
  },
  {
    name: 'sector editor: what can not be read is saved as zeros, though that was to stop it',
    file: 'src/devices/savePieces.ts',
    in: 'savePieces',
    changes: [["atBadParts === 'stop'", 'false']],
    suite: 'editorChanges',
  },
  {
    name: 'sector editor: a fold hides sectors of which there is something to say',
    file: 'src/editor/equalRuns.ts',
    in: 'specialSectors',
    changes: [['!PLAIN_KINDS.includes(run.origin.kind)', 'false']],
    suite: 'editorChanges',
  },
  {
    name: 'sector editor: a match that begins at the end of what is searched is found',
    file: 'src/editor/findProgram.ts',
    in: 'returnIfOneFits',
    changes: [['[get(end), op.notLessUnsigned, branchIf(1)]', '[]']],
    suite: 'finding',
  },
  {
    name: 'sector editor: places that both bytes are looked for in are compared no further',
    file: 'src/editor/findProgram.ts',
    in: 'nextIndex',
    changes: [['get(length)', 'int(2)']],
    suite: 'finding',
  },
  {
    name: 'sector editor: a search backwards takes the first match of a piece for the last',
    file: 'src/editor/needleScan.ts',
    in: 'Backwards.#lastBefore',
    changes: [['last = found;', 'return found;']],
    suite: 'finding',
  },
  {
    name: 'sector editor: a read of a cancelled search goes into the memory of the next one',
    file: 'src/editor/searchedBytes.ts',
    in: 'readInOrder',
    changes: [['memory.holdFor(promise);', '']],
    suite: 'finding',
  },
  {
    name: 'sector editor: a comparison passes over holes that were written into',
    file: 'src/editor/comparisonScan.ts',
    in: 'ComparisonScan.changed',
    changes: [['this.#changeCount++;', '']],
    suite: 'comparing',
  },
];
