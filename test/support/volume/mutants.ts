import assert from 'node:assert/strict';
import type { Doubt, FileSystem } from '../../../src/engine/volume/volumeContracts';
import { UnreadableError, type VolumeReader } from '../../../src/engine/volume/volumeReader';
import type { MemoryBound } from './memory';
import { BytesSource } from './volumeFixture';

type Open = (reader: VolumeReader) => Promise<FileSystem | null>;

/** Values that are likely to lead a reader astray: the least, the greatest, and those around 2^31. */
const VALUES = [
  0, 1, 2, 3, 7, 0xf7, 0xff, 0x7fff, 0xfff7, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff7, 0xffff_ffff,
];
const SLOT_BYTES = 32;

/** Changes up to 8 bytes, fields or slots of a copy, at some of the places. */
export function mutant(bytes: Uint8Array, places: readonly number[], random: () => number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  for (let change = Math.ceil(random() * 8); change > 0; change--) {
    const at = Math.min(pick(places), copy.length - SLOT_BYTES);
    const kind = random();
    if (kind < 0.3) copy[at] = Math.floor(random() * 256);
    else if (kind < 0.5) copy[at] = copy[at]! ^ (1 << Math.floor(random() * 8));
    else if (kind < 0.65) view.setUint16(at, pick(VALUES) % 0x10000, true);
    else if (kind < 0.75) view.setUint32(at, pick(VALUES), true);
    else if (kind < 0.9) view.setUint16(at, Math.floor(random() * 500), true);
    else {
      const from = pick(places) & -SLOT_BYTES;
      copy.copyWithin(at & -SLOT_BYTES, from, from + SLOT_BYTES);
    }
  }
  return copy;
}

/** What every answer must keep to, whatever an image holds. */
export interface Limits {
  /** No more records, children and doubts than this. */
  readonly most: number;
  readonly memory: MemoryBound;
}

/** Asks all that a file system can be asked: each answer must be possible, and each error ours. */
export async function askEverything(open: Open, bytes: Uint8Array, { most, memory }: Limits): Promise<void> {
  const source = new BytesSource(bytes);
  const fileSystem = await open(source.reader());
  if (!fileSystem) return;
  let told = 0;
  const onDoubt = (doubt: Doubt) => {
    assert.equal(typeof doubt.reason, 'string');
    assert.ok(++told <= most, 'too many doubts');
    for (const [first, count] of doubt.ranges)
      assert.ok(first >= 0 && count > 0 && Number.isSafeInteger(first + count));
  };
  const ids: number[] = [];
  const folders: number[] = [];
  for await (const record of fileSystem.files({ onDoubt })) {
    ids.push(record.id);
    if (record.kind === 'dir') folders.push(record.id);
    assert.ok(ids.length <= most, 'too many records');
    for (const doubt of record.doubts) onDoubt(doubt);
    for (const { sector, sectorCount } of record.parts)
      assert.ok(sector >= 0 && sectorCount > 0 && sector + sectorCount <= fileSystem.sectorCount);
  }
  for (const id of ids) {
    for (const path of await fileSystem.pathsOf(id)) {
      assert.ok(path.startsWith('/'));
      await ours(fileSystem.find(path));
    }
  }
  let listed = 0;
  for (const id of folders)
    for await (const { name } of fileSystem.children(id, onDoubt)) assert.ok(name !== '' && ++listed <= most);
  memory.check();
  await askOfSectors(fileSystem);
}

async function askOfSectors(fileSystem: FileSystem): Promise<void> {
  let end = 0;
  for await (const { range } of fileSystem.usage()) {
    assert.equal(range[0], end);
    assert.ok(range[1] > 0);
    end += range[1];
    await ours(fileSystem.structureAt(range[0]));
    await ours(fileSystem.allocationAt(range[0]));
  }
  const { total, used } = await fileSystem.space();
  assert.ok(used === null || (used >= 0 && used <= total));
  for await (const { range } of fileSystem.structures())
    assert.ok(range[0] >= 0 && range[1] > 0 && range[0] + range[1] <= fileSystem.sectorCount);
  assert.ok(fileSystem.notes.every((note) => typeof note === 'string'));
}

/** Waits for an answer, which may be that something can't be read. */
async function ours(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
  }
}
