import assert from 'node:assert/strict';
import { type ComparedView, comparedSectors, compareShown, targetOf } from '../../../src/editor/comparedView';
import { ComparedBytes } from '../../support/extension/comparedDocument';

const { signal } = new AbortController();

/** What a page shows of sectors `[first, first + count)` of a side. */
async function shown(own: ComparedView, other: ComparedView, first: number, count: number) {
  const read = await own.document.edits.show(own.view, first, count, signal);
  const { differing, unknown, alone } = await compareShown(own, other, read, signal);
  const at = [...differing].flatMap((differs, index) => (differs ? [index] : []));
  return { at, unknown, alone };
}

describe('a view that is compared', () => {
  it('shows which of its bytes differ, each side with the same', async () => {
    const [one, other] = [ComparedBytes.of(1, 2, 3), ComparedBytes.of(1, 2, 3)];
    other.bytes[512 + 7] = 9;
    const expected = { at: [519], unknown: [], alone: [] };
    assert.deepEqual(await shown(one.from(), other.from(), 0, 3), expected);
    assert.deepEqual(await shown(other.from(), one.from(), 0, 3), expected);
  });

  it('shows them where the sides begin at other sectors', async () => {
    const [one, other] = [ComparedBytes.of(0, 0, 1, 2, 3), ComparedBytes.of(1, 2, 3, 4)];
    other.bytes[512] = 9;
    const [own, its] = [one.from(2), other.from(0)];
    assert.deepEqual(await shown(own, its, 0, 5), { at: [3 * 512], unknown: [], alone: [] });
    assert.deepEqual(await shown(its, own, 0, 4), { at: [512], unknown: [], alone: [[3, 1]] });
    assert.deepEqual(await shown(one.from(2, 1), its, 0, 5), { at: [], unknown: [], alone: [] });
  });

  it('shows as unknown what can not be read on either side, also where other bytes are in its place', async () => {
    const [one, other] = [ComparedBytes.of(1, 2, 3, 4), ComparedBytes.of(5, 6, 7, 4)];
    one.failing.add(0);
    other.inPlace.add(2);
    const expected = {
      at: Array.from({ length: 512 }, (_, i) => 512 + i),
      unknown: [
        [0, 1],
        [2, 1],
      ],
      alone: [],
    };
    assert.deepEqual(await shown(one.from(), other.from(), 0, 4), expected);
    assert.deepEqual(await shown(other.from(), one.from(), 0, 4), expected);
  });

  it('has its unsaved edits, which are read where the disk has a bad sector or a hole', async () => {
    const one = ComparedBytes.of(1, 2);
    one.inPlace.add(0);
    one.data = [];
    await one.edits.apply('file', 0, new Uint8Array(512).fill(7));
    const other = ComparedBytes.of(7, 2);
    assert.deepEqual(await shown(one.from(), other.from(), 0, 2), { at: [], unknown: [], alone: [] });
    const target = await targetOf(one.from(), true, signal);
    assert.equal((await target.unreadable()).bad.sectorCount, 0);
    const data = (await target.findData?.())!;
    assert.deepEqual([data.nextData(0), data.nextData(512)], [0, Number.POSITIVE_INFINITY]);
    const buffer = Buffer.alloc(512);
    await target.source.read(0, buffer);
    assert.equal(buffer[0], 7);
  });

  it('counts a last sector that is not whole, filled up with zeros', async () => {
    const one = new ComparedBytes(new Uint8Array(700));
    assert.equal(comparedSectors(one.from()), 2);
    const target = await targetOf(one.from(), false, signal);
    const buffer = Buffer.alloc(1024, 1);
    await target.source.read(0, buffer);
    assert.ok(buffer.every((byte) => byte === 0));
  });
});
