import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatBackup, parseBackup } from '../../../src/editor/backup';
import { type SectorEdit, SectorEdits } from '../../../src/editor/sectorEdits';
import { MemorySource } from '../../support/editor/memorySource';

const never = new AbortController().signal;

function rig(byteCount = 8 * 512) {
  const source = new MemorySource(byteCount);
  const edits = new SectorEdits(() => source);
  const readAll = async () => edits.show('device', 0, Math.ceil(byteCount / 512), never);
  return { source, edits, readAll };
}

const apply = (edits: SectorEdits, byteOffset: number, bytes: Uint8Array) =>
  edits.apply('device', byteOffset, bytes);

describe('sector editor: unsaved edits', () => {
  it('are what a buffer would be, through any edits, undos, redos, saves and reverts', async () => {
    const byteCount = 3 * 512 + 77;
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('edit' as const),
        at: fc.nat(byteCount - 1),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 700 }),
      }),
      fc.record({
        kind: fc.constantFrom('undo' as const, 'redo' as const, 'save' as const, 'revert' as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { source, edits, readAll } = rig(byteCount);
        let model = source.disk.slice();
        let saved = source.disk.slice();
        const done: { edit: SectorEdit; before: Uint8Array; after: Uint8Array }[] = [];
        const undone: typeof done = [];
        for (const step of steps) {
          if (step.kind === 'edit') {
            const bytes = step.bytes.slice(0, byteCount - step.at);
            const before = model.slice();
            const edit = await apply(edits, step.at, bytes);
            model.set(bytes, step.at);
            done.push({ edit, before, after: model.slice() });
            undone.length = 0;
          } else if (step.kind === 'undo' && done.length > 0) {
            const last = done.pop()!;
            await edits.undo(last.edit);
            model = last.before.slice();
            undone.push(last);
          } else if (step.kind === 'redo' && undone.length > 0) {
            const last = undone.pop()!;
            await edits.redo(last.edit);
            model = last.after.slice();
            done.push(last);
          } else if (step.kind === 'save') {
            await edits.save(never);
            saved = model.slice();
          } else if (step.kind === 'revert') {
            await edits.revert();
            model = saved.slice();
            done.length = 0;
            undone.length = 0;
          }
          const { bytes, unsaved } = await readAll();
          assert.deepEqual(bytes, model);
          assert.deepEqual(source.disk, saved);
          const differs = new Uint8Array(byteCount);
          for (const [from, count] of unsaved) differs.fill(1, from, from + count);
          for (const [i, byte] of model.entries()) assert.equal(differs[i] === 1, byte !== saved[i]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('survive in a backup', async () => {
    const { edits, readAll } = rig();
    await apply(
      edits,
      500,
      Uint8Array.from({ length: 30 }, () => 0xaa),
    );
    await apply(edits, 8 * 512 - 1, Uint8Array.of(1));
    const expected = await readAll();
    const other = rig();
    await other.edits.restore(parseBackup(formatBackup(edits.unsaved())));
    assert.deepEqual(await other.readAll(), expected);
  });

  it('of a damaged backup are reported, not taken for none', () => {
    const content = formatBackup([{ view: 'device', byteOffset: 1, bytes: Uint8Array.of(1) }]);
    for (const damaged of [
      '',
      '{',
      '{}',
      content.slice(0, -3),
      content.replace('1', '-1'),
      content.replace('device', 'x'),
    ]) {
      assert.throws(() => parseBackup(damaged), { code: 'EINVAL' });
    }
  });

  it('write only the sectors that differ', async () => {
    const { source, edits } = rig();
    await apply(edits, 512 + 3, Uint8Array.of(1, 2));
    await apply(edits, 5 * 512, Uint8Array.of(source.disk[5 * 512]!));
    await edits.save(never);
    assert.deepEqual(source.written, [[1, 1]]);
    assert.equal(source.flushes, 1);
  });

  it('stay where the write failed, and go where it did not', async () => {
    const { source, edits, readAll } = rig();
    source.badWrites.add(2);
    await apply(edits, 512, new Uint8Array(3 * 512));
    const message = 'Sector 2 is not saved: the write failed. 2 other sectors were saved.';
    await assert.rejects(edits.save(never), { code: 'EIO', message });
    assert.deepEqual(edits.editedSectors('device'), [2]);
    source.badWrites.clear();
    await edits.save(never);
    assert.deepEqual(edits.editedSectors('device'), []);
    assert.ok((await readAll()).bytes.subarray(512, 4 * 512).every((byte) => byte === 0));
  });

  it('overwrite an unreadable sector only as a whole, and saving makes it readable', async () => {
    const { source, edits, readAll } = rig();
    source.badReads.add(3);
    await assert.rejects(apply(edits, 3 * 512 + 1, Uint8Array.of(1)), { code: 'EIO' });
    assert.deepEqual(edits.editedSectors('device'), []);
    const edit = await apply(edits, 3 * 512, new Uint8Array(512));
    const read = await readAll();
    assert.deepEqual(read.unreadable, []);
    assert.deepEqual(read.unsaved, [[3 * 512, 512]]);
    await edits.undo(edit);
    assert.deepEqual((await readAll()).unreadable, [{ first: 3, count: 1, message: 'medium error' }]);
    await edits.redo(edit);
    await apply(edits, 3 * 512 + 1, Uint8Array.of(7));
    await edits.save(never);
    assert.deepEqual((await readAll()).unreadable, []);
    assert.equal(source.disk[3 * 512 + 1], 7);
  });

  it('keep what others write beside them', async () => {
    const { source, edits, readAll } = rig();
    await apply(edits, 512, Uint8Array.of(0xee));
    source.disk[513] = 99;
    await edits.rebase('device');
    const { bytes, unsaved } = await readAll();
    assert.deepEqual([bytes[512], bytes[513]], [0xee, 99]);
    assert.deepEqual(unsaved, [[512, 1]]);
    source.disk[514] = 98;
    await edits.save(never);
    assert.deepEqual([...source.disk.subarray(512, 515)], [0xee, 99, 98]);
  });

  it('are refused where nothing may be edited', async () => {
    const { source, edits } = rig();
    await assert.rejects(apply(edits, 8 * 512 - 1, Uint8Array.of(1, 2)), { code: 'EINVAL' });
    await assert.rejects(apply(edits, 0, new Uint8Array(0)), { code: 'EINVAL' });
    await assert.rejects(edits.apply('main', 0, Uint8Array.of(1)), { code: 'EINVAL' });
    source.readOnlyReason = 'It is read-only.';
    await assert.rejects(apply(edits, 0, Uint8Array.of(1)), { code: 'EROFS', message: 'It is read-only.' });
  });

  it('are not half saved when saving is cancelled', async () => {
    const { source, edits } = rig();
    await apply(edits, 0, Uint8Array.of(source.disk[0]! ^ 1));
    await assert.rejects(edits.save(AbortSignal.abort()), { code: 'ECANCELED' });
    assert.deepEqual(edits.editedSectors('device'), [0]);
  });

  it('stay, and are said, when the file ends before them: at another size, in part of a sector, after a save that failed', async () => {
    for (const cut of [0, 100, 512, 512 + 3, 4 * 512, 7 * 512]) {
      const { source, edits, readAll } = rig();
      for (const at of [1, 515, 5 * 512, 7 * 512 + 9]) await apply(edits, at, Uint8Array.of(0xee, 0xef));
      const expected = (await readAll()).bytes;
      source.byteCount = cut;
      const unsaved = edits.unsaved();
      if (cut % 2 === 0) await edits.rebase(null);
      await assert.rejects(edits.save(never), { code: 'ENODATA', message: /became shorter/ });
      await assert.rejects(edits.save(never), { code: 'ENODATA' });
      assert.deepEqual([...source.disk.subarray(0, cut)], [...expected.subarray(0, cut)]);
      const kept = edits.unsaved().reduce((sum, { bytes }) => sum + bytes.length, 0);
      const beyond = unsaved.reduce(
        (sum, { byteOffset, bytes }) => sum + bytes.filter((_, i) => byteOffset + i >= cut).length,
        0,
      );
      assert.equal(kept, beyond);
      source.byteCount = 8 * 512;
      await edits.rebase(null);
      assert.deepEqual((await readAll()).bytes, expected);
      await edits.save(never);
      assert.deepEqual(source.disk, expected);
    }
  });

  it('beyond the end of a file that became shorter are undone, redone and dropped as others', async () => {
    const { source, edits, readAll } = rig();
    const before = (await readAll()).bytes;
    const edit = await apply(edits, 3 * 512 - 1, Uint8Array.of(0xee, 0xef));
    source.byteCount = 3 * 512;
    await edits.rebase(null);
    await edits.undo(edit);
    assert.deepEqual(edits.unsaved(), []);
    await edits.redo(edit);
    assert.deepEqual(
      edits.unsaved().map(({ byteOffset, bytes }) => [byteOffset, ...bytes]),
      [
        [3 * 512 - 1, 0xee],
        [3 * 512, 0xef],
      ],
    );
    await edits.revert();
    source.byteCount = 8 * 512;
    await edits.rebase(null);
    assert.deepEqual((await readAll()).bytes, before);
  });
});
