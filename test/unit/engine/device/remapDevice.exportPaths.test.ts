import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImages, Machine } from '../../../../src/engine';
import { taggedSector } from '../../../support/remap/targetRig';

describe("Paths for dm-remap's scripts", () => {
  it('stay in the first copy through commits and a reload, until the metadata are repaired', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remap-paths-'));
    const machine = new Machine();
    try {
      const [main, spare] = [join(folder, 'main.img'), join(folder, 'spare.img')];
      await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
      const markers = { sectors: [], text: '' };
      const spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
      const device = await machine.create(spec);
      const hybrid = [false, true, true, true, true];
      const validity = async () =>
        (await machine.device('disk')!.checkMetadata()).copies.map(({ valid }) => valid);
      await device.exportPaths();
      assert.deepEqual(await validity(), hybrid);
      await device.injectErrors({ sectors: [[10, 1]] });
      await device.write(10, taggedSector(10, 1));
      await machine.reload();
      assert.deepEqual(await validity(), hybrid);
      assert.ok((await readFile(spare)).subarray(0, 4096).includes(main));
      await machine.device('disk')!.repairMetadata();
      assert.deepEqual(await validity(), [true, true, true, true, true]);
      assert.equal(machine.device('disk')!.info().remaps, 1);
    } finally {
      await machine.close();
      await rm(folder, { recursive: true });
    }
  });
});
