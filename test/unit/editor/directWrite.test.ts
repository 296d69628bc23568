import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DirectWrite, writeDirectly } from '../../../src/editor/directWrite';
import { SectorEdits } from '../../../src/editor/sectorEdits';
import { MemorySource } from '../../support/editor/memorySource';

const task = { signal: new AbortController().signal, report: () => undefined };

/** Writes 0xa5 to `[start, end)`. */
function writing(start: number, end: number): DirectWrite {
  const bytes = (_at: number, count: number) => new Uint8Array(count).fill(0xa5);
  return { view: 'device', byteOffset: start, byteCount: end - start, bytes };
}

describe('sector editor: writing at once', () => {
  it('changes exactly the bytes that it is given, whatever they begin and end with', async () => {
    const size = 5 * 512 + 100;
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.nat(size - 1), async (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other) + 1];
        const source = new MemorySource(size);
        const expected = source.disk.slice().fill(0xa5, start, end);
        assert.equal(await writeDirectly(source, writing(start, end), size, task), end - start);
        assert.deepEqual(source.disk, expected);
        assert.equal(source.flushes, 1);
      }),
    );
  });

  it('asks for the bytes in bounded pieces, in order', async () => {
    const size = 5000 * 512;
    const source = new MemorySource(size);
    const pieces: [number, number][] = [];
    const bytes = (at: number, count: number) => {
      pieces.push([at, count]);
      return new Uint8Array(count);
    };
    await writeDirectly(source, { view: 'device', byteOffset: 10, byteCount: size - 20, bytes }, size, task);
    assert.deepEqual(pieces, [
      [0, 2048 * 512 - 10],
      [2048 * 512 - 10, 2048 * 512],
      [4096 * 512 - 10, 904 * 512 - 10],
    ]);
  });

  it('writes nothing where the first or the last sector can not be read and would be overwritten in part', async () => {
    for (const [start, end] of [
      [100, 2048],
      [0, 1600],
    ] as const) {
      const source = new MemorySource(4 * 512);
      source.badReads.add(start === 100 ? 0 : 3);
      await assert.rejects(writeDirectly(source, writing(start, end), 2048, task), { code: 'EIO' });
      assert.deepEqual(source.written, []);
    }
  });

  it('overwrites all of a sector that can not be read', async () => {
    const source = new MemorySource(4 * 512);
    source.badReads.add(1).add(3);
    await writeDirectly(source, writing(0, 2048), 2048, task);
    assert.ok(source.disk.every((byte) => byte === 0xa5));
  });

  it('stops between two pieces where it is cancelled, and says how much is written', async () => {
    const size = 5000 * 512;
    const source = new MemorySource(size);
    const controller = new AbortController();
    const report = () => controller.abort();
    const written = await writeDirectly(source, writing(0, size), size, {
      signal: controller.signal,
      report,
    });
    assert.equal(written, 2048 * 512);
    assert.deepEqual([source.written.length, source.flushes], [2048, 1]);
  });

  it('says up to where there are new bytes when a write fails', async () => {
    const size = 5000 * 512;
    const source = new MemorySource(size);
    source.badWrites.add(3000);
    await assert.rejects(writeDirectly(source, writing(512, size), size, task), {
      code: 'EIO',
      message:
        'the write failed. Sectors 1 to 2048 are written; from sector 2049 on some of the next 2048 may be, none after them.',
    });
  });

  it('is refused where there are unsaved edits, and in a view that can not be edited', async () => {
    const source = new MemorySource(4 * 512);
    const edits = new SectorEdits(() => source);
    await edits.apply('device', 1024, Uint8Array.of(1));
    await assert.rejects(edits.writeNow(writing(0, 1025), task), { code: 'EBUSY', message: /^Sector 2 has/ });
    assert.equal(await edits.writeNow(writing(0, 1024), task), 1024);
    assert.equal(await edits.writeNow(writing(1536, 2048), task), 512);
    assert.deepEqual(edits.editedSectors('device'), [2]);
    source.readOnlyReason = 'It is read-only.';
    await assert.rejects(edits.writeNow(writing(0, 512), task), { code: 'EROFS' });
  });

  it('leaves an edit that is cancelled while the disk is read undone', async () => {
    const source = new MemorySource(5000 * 512);
    const edits = new SectorEdits(() => source);
    const controller = new AbortController();
    const report = () => controller.abort();
    const cancelled = { signal: controller.signal, report };
    await assert.rejects(edits.apply('device', 0, new Uint8Array(5000 * 512), cancelled), {
      name: 'AbortError',
    });
    assert.deepEqual(edits.editedSectors('device'), []);
  });
});
