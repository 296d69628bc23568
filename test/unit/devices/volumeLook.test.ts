import assert from 'node:assert/strict';
import { type ShowsWork, VolumeLook } from '../../../src/devices/volumeLook';
import { RangeSet } from '../../../src/engine';
import { FatImage, shortSlot } from '../../support/volume/fatImage';

/** A FAT16 volume with one file of two clusters; how often it was opened and shown to be looked at. */
function rig(bytes: Uint8Array) {
  const counts = { opened: 0, shown: 0 };
  const look = new VolumeLook(async () => {
    counts.opened += 1;
    return {
      source: {
        sectorCount: bytes.length / 512,
        read: async (sector, buffer) =>
          buffer.set(bytes.subarray(sector * 512, sector * 512 + buffer.length)),
      },
      unreadable: async () => {
        const bad = new RangeSet();
        bad.add(second, 1);
        return { bad, notRescued: new RangeSet() };
      },
      close: async () => undefined,
    };
  });
  const signal = new AbortController().signal;
  const show: ShowsWork = (work) => {
    counts.shown += 1;
    return work({ signal, report: () => undefined });
  };
  return { look, counts, show };
}

const fat = new FatImage({ bits: 16, clusters: 5000 });
fat.chain([10, 20]);
fat.slot(fat.root, shortSlot('PHOTO   JPG', 0x20, 10, 1000));
const [second, free] = [fat.sectorOf(20), fat.sectorOf(30)];

describe('A look into the file systems of a disk', () => {
  it('tells by the layout what it can, and looks at the files once, when they are needed', async () => {
    const { look, counts, show } = rig(fat.bytes);
    assert.deepEqual(await look.quickOwnerOf(second), { owner: null, isFinal: false });
    assert.equal((await look.quickOwnerOf(0))?.owner?.what, 'boot-sector');
    assert.equal((await look.quickOwnerOf(free))?.isFinal, false);
    assert.equal((await look.ownerOf(0, show))?.isFinal, true);
    assert.deepEqual(counts, { opened: 1, shown: 0 });
    const found = await look.ownerOf(second, show);
    assert.deepEqual(
      [found?.owner?.path, found?.owner?.fileOffset, found?.isFinal],
      ['/PHOTO.JPG', 512, true],
    );
    assert.equal((await look.ownerOf(free, show))?.owner?.kind, 'free');
    assert.equal((await look.quickOwnerOf(second))?.owner?.path, '/PHOTO.JPG');
    assert.deepEqual(counts, { opened: 1, shown: 1 });
    assert.deepEqual(
      (await look.damage()).files.map(({ path }) => path),
      ['/PHOTO.JPG'],
    );
  });

  it('says no more than the layout does once the person cancelled the look at the files', async () => {
    const { look, show } = rig(fat.bytes);
    const cancel: ShowsWork = async () => {
      throw new Error('cancelled');
    };
    assert.deepEqual(await look.ownerOf(second, cancel), { owner: null, isFinal: true });
    assert.deepEqual(await look.ownerOf(second, show), { owner: null, isFinal: true });
  });

  it('says nothing of a disk without volumes', async () => {
    assert.equal(await rig(new Uint8Array(512 * 512)).look.ownerOf(1, () => assert.fail()), null);
  });

  it('can be opened again after it failed', async () => {
    let attempts = 0;
    const look = new VolumeLook(async () => {
      attempts += 1;
      throw new Error('gone');
    });
    await assert.rejects(look.quickOwnerOf(0), /gone/);
    await assert.rejects(look.damage(), /gone/);
    assert.equal(attempts, 2);
  });

  it('maps the owners of all sectors once, anew where that was cancelled, and not of a disk without volumes', async () => {
    const { look, counts, show } = rig(fat.bytes);
    const cancel: ShowsWork = async (work) => {
      const cancelling = new AbortController();
      const done = work({ signal: cancelling.signal, report: () => undefined });
      cancelling.abort();
      await done;
    };
    await assert.rejects(look.owners(cancel), { code: 'ECANCELED' });
    const [map, again] = await Promise.all([look.owners(show), look.owners(show)]);
    assert.equal(map, again);
    assert.equal(counts.shown, 1);
    const part = { firstSector: second, sectorCount: 1, bucketCount: 1 };
    assert.equal(map!.layers(part).find(({ kind }) => kind === 'file')!.counts[0], 1);
    assert.equal(await rig(new Uint8Array(512 * 100)).look.owners(show), null);
  });
});
