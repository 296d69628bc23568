import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImage, Machine } from '../../../../src/engine';
import { fixtureJson, recordedSpare } from '../../../support/fixtures';

describe('A spare that the real module wrote', () => {
  it('is assembled beside a main of 100 MB and lists its remaps', async function () {
    const bytes = recordedSpare(this, 'spare-3-remaps');
    const folder = await mkdtemp(join(tmpdir(), 'remap-fixture-'));
    const machine = new Machine();
    try {
      const spare = join(folder, 'spare.img');
      await writeFile(spare, bytes);
      const main = join(folder, 'main.img');
      await createImage(main, 204_800);
      const markers = { sectors: [1000, 1008, 1016], text: 'test_data_{sector}' };
      const device = await machine.create({
        name: 'main',
        deviceFile: null,
        main,
        spares: [spare],
        flakey: null,
        markers,
      });
      const expected = fixtureJson('spare-3-remaps') as {
        remaps: { original_sector: number; spare_sector: number }[];
      };
      assert.deepEqual(
        device
          .listRemaps()
          .remaps.map(({ original, spare: at, state, errors }) => ({ original, at, state, errors })),
        expected.remaps.map(({ original_sector: original, spare_sector: at }) => ({
          original,
          at,
          state: 'active',
          errors: 1,
        })),
      );
      assert.equal(device.info().metadata.valid, 5);
      assert.equal((await device.verifyMarkers()).verified, 3);
      await device.injectErrors({ sectors: [[7, 1]] });
      await device.write(7, new Uint8Array(512).fill(7));
      assert.equal(device.listRemaps({ limit: 1 }).remaps[0]!.spare, 1303);
    } finally {
      await machine.close();
      await rm(folder, { recursive: true });
    }
  });
});
